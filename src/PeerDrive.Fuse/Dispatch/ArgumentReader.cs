using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>Takes structs, names and bytes off a request's body, never beyond its end.</summary>
internal ref struct ArgumentReader(ReadOnlyMemory<byte> body)
{
    private ReadOnlyMemory<byte> rest = body;

    public readonly int Length => rest.Length;

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

    /// <summary>As <see cref="TryReadText"/>, for a name in a directory: not empty, not "." or "..", without a slash.</summary>
    public bool TryReadName(out ReadOnlyMemory<byte> name) =>
        TryReadText(out name) && name.Span is not [] and not [(byte)'.'] and not [(byte)'.', (byte)'.'] && !name.Span.Contains((byte)'/');

    public bool TryReadBytes(uint length, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (length > (uint)rest.Length) return false;
        bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
