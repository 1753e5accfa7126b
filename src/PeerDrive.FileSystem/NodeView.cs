namespace PeerDrive.FileSystem;

/// <summary>A node that was looked up: the look-up counts until it is given back by <see cref="DriveFiles.Forget"/>.</summary>
/// <param name="Node">What later operations name it by.</param>
/// <param name="Generation">Tells apart nodes that have had the same number.</param>
/// <param name="IsNameLasting">The kernel is told when the name leads elsewhere, or it never does; else it has to ask again soon.</param>
public readonly record struct NodeView(ulong Node, ulong Generation, NodeAttributes Attributes, bool IsNameLasting = true);
