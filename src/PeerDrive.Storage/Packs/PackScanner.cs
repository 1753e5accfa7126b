using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Packs;

/// <summary>Reads what a pack or raw index holds, for the catalog and for <c>check</c>.</summary>
internal sealed class PackScanner(IDisk disk, PackPaths paths)
{
    private const int BufferBytes = 4 << 20;

    /// <summary>Places of a pack's chunks that are not indexed yet.</summary>
    /// <param name="indexed">
    /// Bytes of it of which all is known, and synced; of a pack that is shorter than that all is looked at. A crash may have left an index behind
    /// records of which the disk has nothing, so that of a sealed pack those beyond are checked.
    /// </param>
    public PackContents ScanPack(PackId pack, long indexed)
    {
        using var file = disk.OpenRead(paths.Pack(pack));
        var length = file.Length;
        if (indexed > length) indexed = 0;
        if (TryReadIndex(file, length, pack, indexed) is { } sealedLines)
        {
            var damagedLines = sealedLines.Where(line => !IsIntact(file, line.Key, line.Value)).ToList();
            return new PackContents(damagedLines.Count == 0 ? sealedLines : [.. sealedLines.Except(damagedLines)], length, length, IsSealed: true, [.. damagedLines.Select(line => line.Value.Offset)]);
        }
        Span<byte> header = stackalloc byte[PackFormat.HeaderBytes];
        var hasHeader = file.Read(0, header) == header.Length && PackFormat.IsHeader(header, pack);
        var contents = ScanRecords(file, pack, Math.Max(indexed, PackFormat.HeaderBytes), length);
        if (hasHeader) return contents;
        // A pack that was begun and got no further has nothing; one with records has a damaged header.
        return contents.Chunks.Count == 0 ? new PackContents([], length, 0, false, [0]) : contents with { Damaged = [0, .. contents.Damaged] };
    }

    /// <summary>Places of a raw file's chunks.</summary>
    public IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>>? ReadRawIndex(PackId pack)
    {
        if (!disk.FileExists(paths.RawIndex(pack))) return null;
        using var file = disk.OpenRead(paths.RawIndex(pack));
        return TryReadIndex(file, file.Length, pack, 0);
    }

    private static List<KeyValuePair<ChunkId, ChunkLocation>>? TryReadIndex(IDiskFile file, long length, PackId pack, long from)
    {
        Span<byte> trailer = stackalloc byte[PackFormat.TrailerBytes];
        if (length < trailer.Length || file.Read(length - trailer.Length, trailer) < trailer.Length) return null;
        if (!PackFormat.TryReadTrailer(trailer, length, out var offset, out var count, out var crc)) return null;
        var index = new byte[count * PackFormat.LineBytes];
        if (file.Read(offset, index) < index.Length || Crc32C.Compute(index) != crc) return null;
        return [.. PackFormat.ReadIndex(index, crc, pack).Where(line => line.Value.Offset >= from)];
    }

    private static bool IsIntact(IDiskFile file, ChunkId id, ChunkLocation location)
    {
        using var record = new PooledBytes(PackFormat.RecordBytes + location.Stored);
        return file.Read(location.Offset, record.Span) == record.Length
            && PackFormat.TryReadRecord(record.Span, out var found, out var stored, out _, out _, out _) && found == id && stored == location.Stored && PackFormat.IsIntact(record.Span);
    }

    private static PackContents ScanRecords(IDiskFile file, PackId pack, long from, long length)
    {
        var lines = new List<KeyValuePair<ChunkId, ChunkLocation>>();
        var damaged = new List<long>();
        var buffer = new byte[BufferBytes];
        long at = from, bufferStart = from;
        var buffered = 0;
        var goodEnd = from;
        while (at + PackFormat.RecordBytes <= length)
        {
            if (!Have(PackFormat.RecordBytes)) break;
            var start = buffer.AsSpan((int)(at - bufferStart));
            if (!PackFormat.TryReadRecord(start, out var id, out var stored, out var plain, out var encoding, out var crc)
                || at + PackFormat.RecordBytes + stored > length || !Have(PackFormat.RecordBytes + stored))
            {
                // Either the end of what was written, or damage in a record's first bytes with good records behind it.
                if (FindRecord(file, at + 1, length) is not { } found) break;
                damaged.Add(at);
                at = found;
                continue;
            }
            var total = PackFormat.RecordBytes + stored;
            if (PackFormat.IsIntact(buffer.AsSpan((int)(at - bufferStart), total)))
            {
                lines.Add(new(id, new ChunkLocation(pack, at, stored, plain, encoding, crc)));
                goodEnd = at + total;
            }
            else
            {
                damaged.Add(at);
            }
            at += total;
        }
        // A damaged record that a good one follows is damage; one at the end is a torn write.
        damaged.RemoveAll(offset => offset >= goodEnd);
        return new PackContents(lines, length, goodEnd, false, damaged);

        bool Have(int bytes)
        {
            if (at + bytes <= bufferStart + buffered) return true;
            bufferStart = at;
            buffered = file.Read(at, buffer);
            return buffered >= bytes;
        }
    }

    /// <summary>
    /// Where the next record begins; null when none does. As a payload may hold what looks like a record, only one whose bytes
    /// are those of its id is believed.
    /// </summary>
    private static long? FindRecord(IDiskFile file, long from, long length)
    {
        var window = new byte[BufferBytes];
        for (var start = from; start + PackFormat.RecordBytes <= length; start += window.Length - PackFormat.RecordBytes)
        {
            var read = file.Read(start, window);
            for (var at = 0; at + PackFormat.RecordBytes <= read; at++)
            {
                var next = window.AsSpan(at, read - at).IndexOf("PCHK"u8);
                if (next < 0) break;
                at += next;
                if (at + PackFormat.RecordBytes <= read && IsRecord(file, start + at, length)) return start + at;
            }
            if (read < window.Length) break;
        }
        return null;
    }

    private static bool IsRecord(IDiskFile file, long at, long length)
    {
        Span<byte> head = stackalloc byte[PackFormat.RecordBytes];
        if (file.Read(at, head) < head.Length || !PackFormat.TryReadRecord(head, out var id, out var stored, out var plain, out var encoding, out _)) return false;
        if (at + head.Length + stored > length) return false;
        using var record = new PooledBytes(head.Length + stored);
        if (file.Read(at, record.Span) < record.Length || !PackFormat.IsIntact(record.Span)) return false;
        var payload = record.Span[head.Length..];
        if (encoding == ChunkEncoding.Plain) return stored == plain && Id.Hash<ChunkId>(payload) == id;
        using var bytes = new PooledBytes(plain);
        return Native.Compression.Zstd.TryDecompress(payload, bytes.Span) && Id.Hash<ChunkId>(bytes.Span) == id;
    }
}
