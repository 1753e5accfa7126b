namespace PeerDrive.Native.Files;

/// <summary>What statx tells. Times are nanoseconds since 1970; <paramref name="Btime"/> is 0 where the file system keeps none.</summary>
/// <param name="Mode">Type and permission bits.</param>
/// <param name="Blocks">Units of 512 bytes.</param>
/// <param name="DeviceNumber">Of a device node: major shifted left by 32, or minor.</param>
public readonly record struct FileStat(
    ulong Device, ulong Inode, uint Mode, uint Links, uint Uid, uint Gid, long Size, long Blocks, long Mtime, long Ctime, long Btime, ulong DeviceNumber)
{
    private const uint TypeMask = 0xF000;

    public FileKind Kind => (FileKind)(Mode & TypeMask);

    /// <summary>Permission bits, 07777.</summary>
    public uint Permissions => Mode & 0xFFF;
}
