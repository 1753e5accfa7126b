using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem;

/// <summary>What stat(2) tells of a node. Times are nanoseconds since 1970.</summary>
/// <param name="Inode">Number that programs see.</param>
/// <param name="Permissions">07777.</param>
/// <param name="Size">Bytes; of a symbolic link those of its target.</param>
/// <param name="Sectors">Units of 512 bytes that it takes.</param>
/// <param name="DeviceNumber">Of a device node: major shifted left by 32, or minor.</param>
/// <param name="IsLasting">The kernel is told when they change, or they never do; else it has to ask again soon.</param>
public readonly record struct NodeAttributes(
    ulong Inode, FileKind Kind, uint Permissions, uint Links, uint Uid, uint Gid, long Size, long Sectors, long Atime, long Mtime, long Ctime,
    ulong DeviceNumber, bool IsLasting = true)
{
    public uint Mode => (uint)Kind | Permissions;
}
