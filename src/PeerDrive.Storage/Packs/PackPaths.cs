using System.Globalization;

namespace PeerDrive.Storage.Packs;

/// <summary>Where packs, raw files and files being written lie in a volume's folder.</summary>
internal sealed class PackPaths(string volumeFolder)
{
    private const string DraftPrefix = "d-";

    public string PackFolder { get; } = Path.Combine(volumeFolder, "packs");

    public string RawFolder { get; } = Path.Combine(volumeFolder, "raw");

    public string StagingFolder { get; } = Path.Combine(volumeFolder, "staging");

    public string LentFolder { get; } = Path.Combine(volumeFolder, "lent");

    public string Pack(PackId pack) => Path.Combine(PackFolder, $"{pack}.pack");

    public string Raw(PackId pack) => Path.Combine(RawFolder, pack.ToString());

    public string RawIndex(PackId pack) => Path.Combine(RawFolder, $"{pack}.index");

    /// <summary>The hard link that holds a lent file on the same file system.</summary>
    public string Lent(PackId pack) => Path.Combine(LentFolder, pack.ToString());

    public string LentIndex(PackId pack) => Path.Combine(LentFolder, $"{pack}.index");

    /// <summary>A draft's bytes; the name is none that a PackId has.</summary>
    public string Draft(ulong number) => Path.Combine(StagingFolder, DraftPrefix + number.ToString("x16", CultureInfo.InvariantCulture));

    public static bool TryParseDraft(ReadOnlySpan<char> name, out ulong number)
    {
        number = 0;
        return name.Length == DraftPrefix.Length + 16 && name.StartsWith(DraftPrefix, StringComparison.Ordinal)
            && ulong.TryParse(name[DraftPrefix.Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }

    public string Staging(PackId pack) => Path.Combine(StagingFolder, pack.ToString());
}
