using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem;

/// <summary>Something that came from elsewhere: what a program that watches the folder would have seen, had it been done through the mount.</summary>
/// <param name="Folder">A node that the kernel knows.</param>
/// <param name="FolderInode">The number of it that programs see.</param>
/// <param name="Kind">Of what the name leads to, or led to.</param>
/// <param name="Inode">Of that, the number that programs see; 0: not known.</param>
public readonly record struct NameEvent(NameEventKind What, ulong Folder, ulong FolderInode, EntryName Name, FileKind Kind, ulong Inode);
