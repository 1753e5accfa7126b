using System.Formats.Tar;
using System.IO.Compression;

namespace PeerDrive.Extraction.Formats;

/// <summary>Members of a tar archive, also of a compressed one.</summary>
internal sealed class TarExtractor(bool isCompressed) : IExtractor
{
    public void Extract(Stream file, FoundSink found)
    {
        if (!isCompressed)
        {
            Count(file, found);
            return;
        }
        using var plain = new BoundedStream(new GZipStream(file, CompressionMode.Decompress, leaveOpen: true), ExtractionLimits.UnpackedBytes);
        var head = new byte[512];
        var length = plain.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (length < head.Length || FormatSniffer.Of(head).Format != ContentFormat.Tar) return;
        found.Format = "tar.gz";
        file.Position = 0;
        using var again = new BoundedStream(new GZipStream(file, CompressionMode.Decompress, leaveOpen: true), ExtractionLimits.UnpackedBytes);
        Count(again, found);
    }

    private static void Count(Stream tar, FoundSink found)
    {
        using var reader = new TarReader(tar, leaveOpen: true);
        var (count, bytes) = (0, 0.0);
        while (reader.GetNextEntry() is { } entry)
        {
            if (++count > ExtractionLimits.Members) throw new InvalidDataException($"it has more than {ExtractionLimits.Members} members");
            bytes += entry.Length;
            found.AddText(entry.Name);
            found.AddText("\n");
        }
        found.Add("members", count);
        found.Add("unpacked", bytes);
    }
}
