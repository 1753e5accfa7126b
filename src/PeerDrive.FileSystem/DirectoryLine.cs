using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem;

/// <summary>A line of a directory that is being read.</summary>
public readonly record struct DirectoryLine(EntryName Name, FileKind Kind, ulong Inode);
