using System.Runtime.InteropServices;

namespace PeerDrive.Posix.Kernel;

/// <summary>struct flock.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RecordLock
{
    public short Type;
    public short Whence;
    public long Start;
    public long Length;
    public int Process;
}
