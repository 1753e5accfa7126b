using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PeerDrive.Native.Files;

/// <summary>Bytes with a closing NUL for a system call, on the stack when they are short.</summary>
internal readonly unsafe ref struct CString
{
    public const int StackBytes = 272;

    private readonly byte[]? rented;
    private readonly GCHandle pin;

    /// <exception cref="ErrnoException">EINVAL: the text has a NUL, behind which the kernel would not look.</exception>
    public CString(ReadOnlySpan<byte> text, Span<byte> stack)
    {
        if (text.Contains((byte)0)) throw new ErrnoException(ErrnoException.Invalid, "path", Libc.Display(text));
        if (text.Length < stack.Length)
        {
            text.CopyTo(stack);
            stack[text.Length] = 0;
            Pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stack));
            return;
        }
        rented = new byte[text.Length + 1];
        text.CopyTo(rented);
        pin = GCHandle.Alloc(rented, GCHandleType.Pinned);
        Pointer = (byte*)pin.AddrOfPinnedObject();
    }

    /// <summary>Valid until this is disposed.</summary>
    public byte* Pointer { get; }

    public void Dispose()
    {
        if (rented is not null) pin.Free();
    }
}
