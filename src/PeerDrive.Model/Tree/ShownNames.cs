using System.Text;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tree;

/// <summary>
/// How entries are shown whose plain name another entry keeps: <c>report (from laptop).txt</c>, and on a further collision
/// <c>report (from laptop 1a2b3c4d).txt</c>. Derived, never written back.
/// </summary>
public static class ShownNames
{
    // Leave most of a name's 255 bytes to the name itself.
    private const int DeviceBytes = 48, ExtensionBytes = 16;

    /// <summary>The shown names of one folder's entries of rank 1 and more: distinct, none of them taken, independent of the order given.</summary>
    /// <param name="ranked">All entries of the folder with a rank of 1 or more.</param>
    /// <param name="isTaken">Whether an entry of rank 0 in this folder has the name.</param>
    /// <param name="names">Which names are one name in a folder; null: equal bytes.</param>
    public static IReadOnlyDictionary<EntryId, EntryName> Of(
        IEnumerable<RankedName> ranked, Func<EntryName, bool> isTaken, IEqualityComparer<EntryName>? names = null)
    {
        var shown = new Dictionary<EntryId, EntryName>();
        var used = new HashSet<EntryName>(names ?? EqualityComparer<EntryName>.Default);
        foreach (var entry in ranked.OrderBy(entry => entry.Name).ThenBy(entry => entry.Rank).ThenBy(entry => entry.Entry))
            shown[entry.Entry] = Candidates(entry).First(name => !isTaken(name) && used.Add(name));
        return shown;
    }

    private static IEnumerable<EntryName> Candidates(RankedName entry)
    {
        var device = Label(entry.Device);
        var id = entry.Entry.ToHex();
        yield return WithSuffix(entry.Name, entry.IsFolder, $" (from {device})");
        yield return WithSuffix(entry.Name, entry.IsFolder, $" (from {device} {id[..8]})");
        // Somebody may give a file just the name that we would show: there is always one more.
        yield return WithSuffix(entry.Name, entry.IsFolder, $" (from {device} {id})");
        for (var n = 2; ; n++) yield return WithSuffix(entry.Name, entry.IsFolder, $" (from {device} {id} {n})");
    }

    /// <summary>A name with something added before its extension; its beginning is cut where there is no room for all.</summary>
    public static EntryName WithSuffix(EntryName named, bool isFolder, string suffix)
    {
        var name = named.Bytes;
        var dot = isFolder ? -1 : name.LastIndexOf((byte)'.');
        var extension = dot > 0 && name.Length - dot is > 1 and <= ExtensionBytes ? name[dot..] : [];
        var middle = System.Text.Encoding.UTF8.GetBytes(suffix);
        var stem = Cut(name[..^extension.Length], ModelLimits.NameBytes - middle.Length - extension.Length);
        return EntryName.Create([.. stem, .. middle, .. extension]);
    }

    /// <summary>What somebody calls himself as part of a name: without what no name may hold, and not too long.</summary>
    public static string Label(string called)
    {
        var text = new StringBuilder();
        foreach (var rune in called.Trim().EnumerateRunes())
            text.Append(Rune.IsControl(rune) || rune.Value is '/' or '\\' ? "_" : rune.ToString());
        var bytes = Cut(System.Text.Encoding.UTF8.GetBytes(text.ToString()), DeviceBytes);
        return bytes.IsEmpty ? "another device" : System.Text.Encoding.UTF8.GetString(bytes);
    }

    /// <summary>At most <paramref name="length"/> bytes, not ending inside a character of UTF-8.</summary>
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length <= length) return bytes;
        // A character has at most three bytes after its first; a longer run is not UTF-8 and may be cut anywhere.
        for (var back = 0; back < 4 && length - back > 0; back++)
        {
            if ((bytes[length - back] & 0xC0) != 0x80) return bytes[..(length - back)];
        }
        return bytes[..length];
    }
}
