using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>Takes structs, names and bytes off a request's body, never beyond its end.</summary>
internal ref struct ArgumentReader(ReadOnlyMemory<byte> body)
{
    private const int LongestName = 255;

    private ReadOnlyMemory<byte> rest = body;

    /// <summary>What to answer when something could not be read.</summary>
    public Errno Problem { get; private set; } = Errno.Invalid;

    public bool TryRead<T>(out T value) where T : unmanaged
    {
        if (!MemoryMarshal.TryRead(rest.Span, out value)) return false;
        rest = rest[Unsafe.SizeOf<T>()..];
        return true;
    }

    /// <summary>Takes the bytes up to a NUL, and the NUL.</summary>
    public bool TryReadText(out ReadOnlyMemory<byte> text)
    {
        var end = rest.Span.IndexOf((byte)0);
        text = end < 0 ? default : rest[..end];
        if (end < 0) return false;
        rest = rest[(end + 1)..];
        return true;
    }

    /// <summary>
    /// As <see cref="TryReadText"/>, for a name in a directory: not empty, not "." or "..", without a slash, at most 255 bytes
    /// (the kernel lets longer ones through, which no other file system knows).
    /// </summary>
    public bool TryReadName(out ReadOnlyMemory<byte> name)
    {
        if (!TryReadText(out name)) return false;
        if (name.Length > LongestName) Problem = Errno.NameTooLong;
        return name.Length <= LongestName && name.Span is not [] and not [(byte)'.'] and not [(byte)'.', (byte)'.'] && !name.Span.Contains((byte)'/');
    }

    public bool TryReadBytes(uint length, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (length > (uint)rest.Length) return false;
        bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
