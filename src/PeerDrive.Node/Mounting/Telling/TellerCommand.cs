using System.Buffers.Binary;
using PeerDrive.FileSystem;
using PeerDrive.Native.Files;

namespace PeerDrive.Node.Mounting.Telling;

/// <summary>
/// What the teller is asked to repeat. Bytes: what (1), kind of the file (4), length of the folder's path (2), the path, length of the name (2), the name;
/// numbers little-endian.
/// </summary>
internal readonly record struct TellerCommand(NameEventKind What, FileKind Kind, ReadOnlyMemory<byte> Folder, ReadOnlyMemory<byte> Name)
{
    /// <summary>Longer paths the kernel does not take (PATH_MAX).</summary>
    public const int MostPathBytes = 4095;

    private const int MostNameBytes = 255;

    public void Write(Stream stream)
    {
        var bytes = new byte[9 + Folder.Length + Name.Length];
        bytes[0] = (byte)What;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(1), (uint)Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(5), (ushort)Folder.Length);
        Folder.Span.CopyTo(bytes.AsSpan(7));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(7 + Folder.Length), (ushort)Name.Length);
        Name.Span.CopyTo(bytes.AsSpan(9 + Folder.Length));
        stream.Write(bytes);
        stream.Flush();
    }

    /// <returns>Null at the end of the stream.</returns>
    /// <exception cref="IOException">The stream breaks off, or is none of commands.</exception>
    public static TellerCommand? Read(Stream stream)
    {
        Span<byte> head = stackalloc byte[5];
        if (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length) return null;
        var folder = ReadText(stream, MostPathBytes);
        return new TellerCommand((NameEventKind)head[0], (FileKind)BinaryPrimitives.ReadUInt32LittleEndian(head[1..]), folder, ReadText(stream, MostNameBytes));
    }

    private static byte[] ReadText(Stream stream, int most)
    {
        Span<byte> length = stackalloc byte[2];
        stream.ReadExactly(length);
        var bytes = BinaryPrimitives.ReadUInt16LittleEndian(length);
        if (bytes > most) throw new IOException("This is no list of commands.");
        var text = new byte[bytes];
        stream.ReadExactly(text);
        return text;
    }
}
