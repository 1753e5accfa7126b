using System.Buffers.Binary;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Revisions;

/// <summary>
/// A list of chunks as bytes, itself stored as a chunk: per line 32 bytes id and 8 bytes size (little-endian).
/// A list holds at most <see cref="MaxLines"/> lines; longer ones become lists of lists, cut after every
/// <see cref="MaxLines"/> lines.
/// </summary>
public static class ChunkList
{
    public const int LineBytes = ChunkIdBytes + sizeof(ulong);

    /// <summary>So that a list stays below the size of a chunk (160 KiB) and an edit rewrites little.</summary>
    public const int MaxLines = 4096;

    private const int ChunkIdBytes = 32;

    public static byte[] Encode(ReadOnlySpan<ChunkReference> lines)
    {
        var bytes = new byte[lines.Length * LineBytes];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i].Id.WriteTo(bytes.AsSpan(i * LineBytes));
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * LineBytes + ChunkIdBytes), lines[i].Size);
        }
        return bytes;
    }

    /// <param name="bytes">A list from a pack or a peer.</param>
    /// <param name="size">What the lines' sizes must add up to.</param>
    /// <exception cref="PeerDriveException">Corrupt: not a list, or not of this size.</exception>
    public static ChunkReference[] Decode(ReadOnlySpan<byte> bytes, ulong size)
    {
        if (bytes.Length % LineBytes != 0 || bytes.Length == 0 || bytes.Length / LineBytes > MaxLines)
            throw new PeerDriveException(ErrorKind.Corrupt, "A chunk list has an impossible length.");
        var lines = new ChunkReference[bytes.Length / LineBytes];
        ulong sum = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = bytes.Slice(i * LineBytes, LineBytes);
            lines[i] = new ChunkReference(ChunkId.Read(line), BinaryPrimitives.ReadUInt64LittleEndian(line[ChunkIdBytes..]));
            if (lines[i].Size == 0 || lines[i].Size > size - sum)
                throw new PeerDriveException(ErrorKind.Corrupt, "A chunk list's sizes do not add up to its content's.");
            sum += lines[i].Size;
        }
        return sum == size ? lines : throw new PeerDriveException(ErrorKind.Corrupt, "A chunk list's sizes do not add up to its content's.");
    }
}
