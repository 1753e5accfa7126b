using System.Runtime.InteropServices;

namespace PeerDrive.Fuse.Abi;

/// <summary>Bodies of requests as in linux/fuse.h, protocol 7.45. Sizes are checked by <see cref="AbiLayout"/>.</summary>
internal static class Incoming
{
    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        public uint Length;
        public Opcode Opcode;
        public ulong Unique, Node;
        public uint Uid, Gid, Pid;

        /// <summary>Of extensions at the end, in units of 8 bytes.</summary>
        public ushort ExtensionLength;
        public ushort Padding;
    }

    /// <summary>Up to protocol 7.35; <see cref="InitExtended"/> follows when the flags say so.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Init
    {
        public uint Major, Minor, MaxReadAhead, Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct InitExtended
    {
        public uint Flags2;
        public unsafe fixed uint Unused[11];
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Forget
    {
        public ulong Count;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ForgetOne
    {
        public ulong Node, Count;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct BatchForget
    {
        public uint Count, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct GetAttr
    {
        public uint Flags, Padding;
        public ulong Handle;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct SetAttr
    {
        public SetBits Valid;
        public uint Padding;
        public ulong Handle, Size, LockOwner, Atime, Mtime, Ctime;
        public uint AtimeNanoseconds, MtimeNanoseconds, CtimeNanoseconds, Mode, Unused4, Uid, Gid, Unused5;

        public readonly bool Has(SetBits field) => (Valid & field) != 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MkNod
    {
        public uint Mode, DeviceNumber, Umask, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MkDir
    {
        public uint Mode, Umask;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Rename
    {
        public ulong NewParent;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Rename2
    {
        public ulong NewParent;
        public uint Flags, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Link
    {
        public ulong Node;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Open
    {
        public uint Flags, OpenFlags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Create
    {
        public uint Flags, Mode, Umask, OpenFlags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Release
    {
        public ulong Handle;
        public uint Flags, ReleaseFlags;
        public ulong LockOwner;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Flush
    {
        public ulong Handle;
        public uint Unused, Padding;
        public ulong LockOwner;
    }

    /// <summary>READ, READDIR and READDIRPLUS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Read
    {
        public ulong Handle, Offset;
        public uint Size, ReadFlags;
        public ulong LockOwner;
        public uint Flags, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Write
    {
        public ulong Handle, Offset;
        public uint Size, WriteFlags;
        public ulong LockOwner;
        public uint Flags, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Fsync
    {
        public ulong Handle;
        public uint Flags, Padding;
    }

    /// <summary>With SETXATTR_EXT; without it only the first two fields.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SetXattr
    {
        public uint Size, Flags, ExtendedFlags, Padding;
    }

    /// <summary>GETXATTR and LISTXATTR.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct GetXattr
    {
        public uint Size, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Access
    {
        public uint Mask, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Interrupt
    {
        public ulong Unique;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Fallocate
    {
        public ulong Handle, Offset, Length;
        public uint Mode, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Lseek
    {
        public ulong Handle, Offset;
        public uint Whence, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct CopyFileRange
    {
        public ulong SourceHandle, SourceOffset, TargetNode, TargetHandle, TargetOffset, Length, Flags;
    }
}
