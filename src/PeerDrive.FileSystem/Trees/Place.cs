using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Trees;

/// <summary>A name in a folder.</summary>
internal readonly record struct Place(TreeNode Folder, EntryName Name);
