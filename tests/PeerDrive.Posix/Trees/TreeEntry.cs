namespace PeerDrive.Posix.Trees;

/// <summary>A name in a directory.</summary>
internal sealed class TreeEntry(TreeNode parent, string name, TreeNode node)
{
    public TreeNode Parent { get; set; } = parent;

    public string Name { get; set; } = name;

    public TreeNode Node => node;

    /// <summary>Where it is in the list of all entries.</summary>
    public int Index { get; set; }

    public string Path => Parent.Names.Count == 0 ? Name : $"{Parent.Names[0].Path}/{Name}";
}
