namespace PeerDrive.Fuse;

/// <summary>The status of a file, as stat(2) shows it.</summary>
public readonly record struct FuseAttributes
{
    /// <summary>Number that programs see; need not be the node id.</summary>
    public required ulong Inode { get; init; }

    /// <summary>Type and permission bits.</summary>
    public required uint Mode { get; init; }

    public uint Links { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Of a device node, as the kernel packs it into 32 bits.</summary>
    public uint DeviceNumber { get; init; }

    public long Size { get; init; }

    /// <summary>Units of 512 bytes.</summary>
    public long Blocks { get; init; }

    /// <summary>What programs take as a good size of a read; 0: the kernel's own.</summary>
    public uint BlockSize { get; init; }

    public FuseTime Atime { get; init; }

    public FuseTime Mtime { get; init; }

    public FuseTime Ctime { get; init; }
}
