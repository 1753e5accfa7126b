using System.Buffers.Binary;
using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Packs;

/// <summary>
/// Bytes of packs and raw indexes, little-endian; docs/format.md has the tables.
/// <code>
/// pack:    header (16)  record*  [index  trailer (24)]
/// header:  "PDPK"  version u32 = 1  pack u32  crc u32
/// record:  "PCHK"  stored u32  plain u32  encoding u8  0 0 0  crc u32  id (32)  payload (stored)
/// index:   line*:  id (32)  offset u64  stored u32  plain u32  encoding u32  crc u32
/// trailer: index offset u64  lines u32  crc u32 of the index  "PDINDEX1"
/// </code>
/// A record's crc covers its other bytes. A sealed pack ends with index and trailer; beside a raw file lies
/// <c>&lt;PackId&gt;.index</c>, which holds index and trailer only.
/// </summary>
internal static class PackFormat
{
    public const int HeaderBytes = 16;
    public const int RecordBytes = 52;
    public const int LineBytes = 56;
    public const int TrailerBytes = 24;

    private const uint PackMagic = 0x4B504450;
    private const uint RecordMagic = 0x4B484350;
    private const ulong TrailerMagic = 0x3158_45444E494450;
    private const int CrcAt = 16;

    public static void WriteHeader(Span<byte> header, PackId pack)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, PackMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], pack.Number);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C.Compute(header[..12]));
    }

    public static bool IsHeader(ReadOnlySpan<byte> header, PackId pack)
    {
        Span<byte> expected = stackalloc byte[HeaderBytes];
        WriteHeader(expected, pack);
        return header.SequenceEqual(expected);
    }

    /// <summary>Fills in a record's first bytes; the payload already lies behind them.</summary>
    /// <returns>The record's crc.</returns>
    public static uint WriteRecord(Span<byte> record, ChunkId id, int plain, ChunkEncoding encoding)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, RecordMagic);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], record.Length - RecordBytes);
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], plain);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)encoding);
        id.WriteTo(record[20..]);
        var crc = CrcOf(record);
        BinaryPrimitives.WriteUInt32LittleEndian(record[CrcAt..], crc);
        return crc;
    }

    /// <summary>Reads a record's first bytes; false when they cannot be a record's.</summary>
    public static bool TryReadRecord(ReadOnlySpan<byte> start, out ChunkId id, out int stored, out int plain, out ChunkEncoding encoding, out uint crc)
    {
        stored = BinaryPrimitives.ReadInt32LittleEndian(start[4..]);
        plain = BinaryPrimitives.ReadInt32LittleEndian(start[8..]);
        encoding = (ChunkEncoding)BinaryPrimitives.ReadUInt32LittleEndian(start[12..]);
        crc = BinaryPrimitives.ReadUInt32LittleEndian(start[CrcAt..]);
        id = ChunkId.Read(start[20..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(start) == RecordMagic
            && plain is > 0 and <= ModelLimits.ChunkBytes && stored > 0 && stored <= plain
            && encoding is ChunkEncoding.Plain or ChunkEncoding.Zstd;
    }

    /// <summary>Whether a whole record's crc is right.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record[CrcAt..]) == CrcOf(record);

    /// <summary>Whether head and payload are the plain record of a chunk, its crc right.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> head, ChunkId id, ReadOnlySpan<byte> payload) =>
        TryReadRecord(head, out var found, out var stored, out _, out var encoding, out var crc)
        && found == id && stored == payload.Length && encoding == ChunkEncoding.Plain
        && crc == Crc32C.Compute(payload, Crc32C.Compute(head[(CrcAt + 4)..], Crc32C.Compute(head[..CrcAt])));

    /// <summary>Index and trailer of a file whose index begins at <paramref name="indexOffset"/>.</summary>
    public static byte[] WriteIndex(IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> lines, long indexOffset)
    {
        var bytes = new byte[lines.Count * LineBytes + TrailerBytes];
        for (var i = 0; i < lines.Count; i++)
        {
            var line = bytes.AsSpan(i * LineBytes);
            var location = lines[i].Value;
            lines[i].Key.WriteTo(line);
            BinaryPrimitives.WriteInt64LittleEndian(line[32..], location.Offset);
            BinaryPrimitives.WriteInt32LittleEndian(line[40..], location.Stored);
            BinaryPrimitives.WriteInt32LittleEndian(line[44..], location.Plain);
            BinaryPrimitives.WriteUInt32LittleEndian(line[48..], (uint)location.Encoding);
            BinaryPrimitives.WriteUInt32LittleEndian(line[52..], location.Crc);
        }
        var trailer = bytes.AsSpan(lines.Count * LineBytes);
        BinaryPrimitives.WriteInt64LittleEndian(trailer, indexOffset);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], lines.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[12..], Crc32C.Compute(bytes.AsSpan(0, lines.Count * LineBytes)));
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[16..], TrailerMagic);
        return bytes;
    }

    /// <summary>Where the index of a file of <paramref name="length"/> bytes lies, when <paramref name="trailer"/> is one.</summary>
    public static bool TryReadTrailer(ReadOnlySpan<byte> trailer, long length, out long offset, out int lines, out uint crc)
    {
        offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        lines = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]);
        crc = BinaryPrimitives.ReadUInt32LittleEndian(trailer[12..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(trailer[16..]) == TrailerMagic && lines >= 0 && offset >= 0
            && offset == length - TrailerBytes - (long)lines * LineBytes;
    }

    /// <exception cref="PeerDriveException">Corrupt: the index's crc is wrong.</exception>
    public static IEnumerable<KeyValuePair<ChunkId, ChunkLocation>> ReadIndex(ReadOnlyMemory<byte> index, uint crc, PackId pack)
    {
        if (Crc32C.Compute(index.Span) != crc) throw new PeerDriveException(ErrorKind.Corrupt, $"The index of pack {pack} is damaged.");
        for (var at = 0; at < index.Length; at += LineBytes)
        {
            var line = index.Span.Slice(at, LineBytes);
            yield return new KeyValuePair<ChunkId, ChunkLocation>(ChunkId.Read(line), new ChunkLocation(
                pack,
                BinaryPrimitives.ReadInt64LittleEndian(line[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(line[40..]),
                BinaryPrimitives.ReadInt32LittleEndian(line[44..]),
                (ChunkEncoding)BinaryPrimitives.ReadUInt32LittleEndian(line[48..]),
                BinaryPrimitives.ReadUInt32LittleEndian(line[52..])));
        }
    }

    private static uint CrcOf(ReadOnlySpan<byte> record) =>
        Crc32C.Compute(record[(CrcAt + 4)..], Crc32C.Compute(record[..CrcAt]));
}
