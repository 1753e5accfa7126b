namespace PeerDrive.Native.Files;

/// <summary>A line of a directory.</summary>
/// <param name="Name">Bytes as the kernel has them; need not be UTF-8.</param>
/// <param name="Kind">Unknown where the file system does not tell.</param>
public readonly record struct FolderEntry(byte[] Name, ulong Inode, FileKind Kind);
