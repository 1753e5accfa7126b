using System.Runtime.InteropServices;

namespace PeerDrive.Fuse.Abi;

/// <summary>Bodies of replies and notifications as in linux/fuse.h, protocol 7.45. Sizes are checked by <see cref="AbiLayout"/>.</summary>
internal static class Outgoing
{
    /// <summary>Of a notification <see cref="Unique"/> is 0 and <see cref="Error"/> its code.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        public uint Length;
        public int Error;
        public ulong Unique;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Init
    {
        public uint Major, Minor, MaxReadAhead, Flags;
        public ushort MaxBackground, CongestionThreshold;
        public uint MaxWrite, TimeGranularity;
        public ushort MaxPages, MapAlignment;
        public uint Flags2, MaxStackDepth;
        public ushort RequestTimeout;
        public unsafe fixed ushort Unused[11];
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Attributes
    {
        public ulong Inode, Size, Blocks, Atime, Mtime, Ctime;
        public uint AtimeNanoseconds, MtimeNanoseconds, CtimeNanoseconds, Mode, Links, Uid, Gid, DeviceNumber, BlockSize, Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Entry
    {
        public ulong Node, Generation, NameSeconds, AttributeSeconds;
        public uint NameNanoseconds, AttributeNanoseconds;
        public Attributes Attributes;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Status
    {
        public ulong Seconds;
        public uint Nanoseconds, Padding;
        public Attributes Attributes;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Opened
    {
        public ulong Handle;
        public uint Flags;
        public int BackingId;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Created
    {
        public Entry Entry;
        public Opened Opened;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Written
    {
        public uint Size, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Copied
    {
        public ulong Size;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Space
    {
        public ulong Blocks, FreeBlocks, AvailableBlocks, Files, FreeFiles;
        public uint BlockSize, NameBytes, FragmentSize, Padding;
        public unsafe fixed uint Spare[6];
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct XattrSize
    {
        public uint Size, Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Position
    {
        public ulong Offset;
    }

    /// <summary>A name follows, filled up to 8 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct DirectoryLine
    {
        public ulong Inode, NextOffset;
        public uint NameLength, Type;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct InvalidateNode
    {
        public ulong Node;
        public long Offset, Length;
    }

    /// <summary>A name and a NUL follow.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct InvalidateName
    {
        public ulong Parent;
        public uint NameLength, Flags;
    }

    /// <summary>A name and a NUL follow.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Deleted
    {
        public ulong Parent, Child;
        public uint NameLength, Padding;
    }

    /// <summary>Argument of the ioctl that registers a backing file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Backing
    {
        public int File;
        public uint Flags;
        public ulong Padding;
    }
}
