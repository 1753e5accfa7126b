using System.Buffers.Binary;
using System.Text;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Lending;

/// <summary>
/// The head of <c>lent/&lt;PackId&gt;.index</c>, little-endian; index and trailer follow as in a pack.
/// <code>
/// "PDLT"  version u32 = 1  pack u32  path bytes u32  lender (16)  inode u64  size i64  mtime i64  path  crc u32 of all before
/// </code>
/// </summary>
internal static class LentFormat
{
    private const uint Magic = 0x544C4450;
    private const int FixedBytes = 56;
    private const int MaxPathBytes = 4096;

    public static byte[] Write(LentFile file, IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> lines)
    {
        var path = Encoding.UTF8.GetBytes(file.Path);
        var head = new byte[FixedBytes + path.Length + 4];
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), file.Pack.Number);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), path.Length);
        file.Lender.WriteTo(head.AsSpan(16));
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(32), file.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(40), file.Size);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(48), file.Mtime);
        path.CopyTo(head.AsSpan(FixedBytes));
        var end = head.Length - 4;
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(end), Crc32C.Compute(head.AsSpan(0, end)));
        return [.. head, .. PackFormat.WriteIndex(lines, head.Length)];
    }

    /// <summary>Reads a whole index file; null when it is damaged or another pack's.</summary>
    public static (LentFile File, IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> Lines)? TryRead(ReadOnlyMemory<byte> bytes, PackId pack)
    {
        var span = bytes.Span;
        if (span.Length < FixedBytes + 4 + PackFormat.TrailerBytes || BinaryPrimitives.ReadUInt32LittleEndian(span) != Magic) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(span[4..]) != 1 || BinaryPrimitives.ReadUInt32LittleEndian(span[8..]) != pack.Number) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(span[12..]);
        if (length is < 1 or > MaxPathBytes || span.Length < FixedBytes + length + 4 + PackFormat.TrailerBytes) return null;
        var end = FixedBytes + length;
        if (BinaryPrimitives.ReadUInt32LittleEndian(span[end..]) != Crc32C.Compute(span[..end])) return null;
        if (!PackFormat.TryReadTrailer(span[^PackFormat.TrailerBytes..], span.Length, out var offset, out var count, out var crc) || offset != end + 4) return null;
        var index = bytes.Slice((int)offset, count * PackFormat.LineBytes);
        if (Crc32C.Compute(index.Span) != crc) return null;
        var file = new LentFile(
            pack, Bits128.Read(span[16..]), BinaryPrimitives.ReadUInt64LittleEndian(span[32..]), BinaryPrimitives.ReadInt64LittleEndian(span[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[48..]), Encoding.UTF8.GetString(span.Slice(FixedBytes, length)));
        return (file, [.. PackFormat.ReadIndex(index, crc, pack)]);
    }
}
