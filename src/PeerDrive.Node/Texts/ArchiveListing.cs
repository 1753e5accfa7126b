using System.Formats.Tar;
using System.IO.Compression;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Node.Texts;

/// <summary>
/// What a zip or tar file says is in it: names, sizes and checksums of its directory. Nothing is unpacked but the headers of a compressed
/// tar file, and of that no more than a limit.
/// </summary>
internal static class ArchiveListing
{
    /// <summary>Bytes of the largest archive that is listed.</summary>
    public const int MaxBytes = 64 << 20;

    private const int MaxMembers = 100_000, MaxNameLength = 4096, MaxTold = 1_000;

    /// <summary>Bytes that a compressed tar file may unpack to.</summary>
    private const long MaxUnpacked = 512L << 20;

    public static bool MayBe(string path) => IsZip(path) || IsTar(path) || IsCompressedTar(path);

    /// <summary>Members by name; null when it is no such archive, or has too many.</summary>
    public static IReadOnlyDictionary<string, (long Size, long Sum)>? Of(string path, byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            if (IsZip(path)) return Zip(stream);
            if (IsTar(path)) return Tar(stream);
            using var unpacked = new LimitedStream(new GZipStream(stream, CompressionMode.Decompress), MaxUnpacked);
            return Tar(unpacked);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return null;
        }
    }

    public static IReadOnlyList<MemberDifference> Differences(IReadOnlyDictionary<string, (long Size, long Sum)> before, IReadOnlyDictionary<string, (long Size, long Sum)> after)
    {
        var found = new List<MemberDifference>();
        foreach (var name in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            var had = before.TryGetValue(name, out var old);
            var has = after.TryGetValue(name, out var now);
            if (had && has && old == now) continue;
            if (found.Count == MaxTold) break;
            found.Add(new MemberDifference(!had ? "added" : !has ? "removed" : "changed", name, old.Size, now.Size));
        }
        return found;
    }

    private static Dictionary<string, (long, long)>? Zip(Stream stream)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var members = new Dictionary<string, (long, long)>();
        foreach (var entry in archive.Entries)
        {
            if (members.Count >= MaxMembers || entry.FullName.Length > MaxNameLength) return null;
            members[entry.FullName] = (entry.Length, entry.Crc32);
        }
        return members;
    }

    private static Dictionary<string, (long, long)>? Tar(Stream stream)
    {
        using var archive = new TarReader(stream);
        var members = new Dictionary<string, (long, long)>();
        while (archive.GetNextEntry() is { } entry)
        {
            if (members.Count >= MaxMembers || entry.Name.Length > MaxNameLength) return null;
            members[entry.Name] = (entry.Length, entry.ModificationTime.ToUnixTimeSeconds());
        }
        return members;
    }

    private static bool IsZip(string path) => Ends(path, ".zip", ".jar", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub");

    private static bool IsTar(string path) => Ends(path, ".tar");

    private static bool IsCompressedTar(string path) => Ends(path, ".tar.gz", ".tgz");

    private static bool Ends(string path, params ReadOnlySpan<string> ends)
    {
        foreach (var end in ends)
        {
            if (path.EndsWith(end, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
