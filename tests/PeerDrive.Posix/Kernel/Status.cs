using System.Runtime.InteropServices;

namespace PeerDrive.Posix.Kernel;

/// <summary>struct statx.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal readonly struct Status
{
    public readonly uint Mask;
    public readonly uint BlockSize;
    public readonly ulong Attributes;
    public readonly uint Links;
    public readonly uint Uid;
    public readonly uint Gid;
    private readonly ushort mode;
    private readonly ushort padding;
    public readonly ulong Inode;
    public readonly long Size;
    public readonly long Blocks;
    private readonly ulong attributesMask;
    private readonly Stamp atime;
    private readonly Stamp btime;
    private readonly Stamp ctime;
    private readonly Stamp mtime;
    public readonly uint DeviceMajor;
    public readonly uint DeviceMinor;
    public readonly uint FileSystemMajor;
    public readonly uint FileSystemMinor;

    public uint Type => mode & Flags.S_IFMT;

    public uint Permissions => mode & 0xFFFu;

    public Instant Atime => atime.Value;

    public Instant Mtime => mtime.Value;

    public Instant Ctime => ctime.Value;

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private readonly struct Stamp
    {
        private readonly long seconds;
        private readonly uint nanoseconds;

        public Instant Value => new(seconds, nanoseconds);
    }
}
