using System.Runtime.InteropServices;

namespace PeerDrive.Fuse.Mounting;

/// <summary>Text with a closing NUL outside the collected heap, for a system call.</summary>
internal sealed unsafe class NativeText(string text) : IDisposable
{
    public byte* Pointer { get; private set; } = (byte*)Marshal.StringToCoTaskMemUTF8(text);

    public void Dispose()
    {
        Marshal.FreeCoTaskMem((nint)Pointer);
        Pointer = null;
    }
}
