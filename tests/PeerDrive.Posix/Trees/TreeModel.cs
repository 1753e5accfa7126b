namespace PeerDrive.Posix.Trees;

/// <summary>What the tree should be, and what each change of it should come to.</summary>
internal sealed class TreeModel
{
    private readonly List<TreeEntry> entries = [];

    public TreeNode Top { get; } = new(S_IFDIR, 0x1FF);

    public IReadOnlyList<TreeEntry> Entries => entries;

    public static string PathOf(TreeNode directory, string name) => directory.Names.Count == 0 ? name : $"{directory.Names[0].Path}/{name}";

    public void Add(TreeNode parent, string name, TreeNode node)
    {
        var entry = new TreeEntry(parent, name, node) { Index = entries.Count };
        entries.Add(entry);
        parent.Entries.Add(name, entry);
        parent.Mtime = null;
        node.Names.Add(entry);
    }

    public void Remove(TreeEntry entry)
    {
        var last = entries[^1];
        entries[entry.Index] = last;
        last.Index = entry.Index;
        entries.RemoveAt(entries.Count - 1);
        entry.Parent.Entries.Remove(entry.Name);
        entry.Parent.Mtime = null;
        entry.Node.Names.Remove(entry);
    }

    /// <summary>What a rename should come to, which is also done to the model. Checked in the kernel's order.</summary>
    public Errno Rename(TreeEntry from, TreeNode parent, string name, uint flags)
    {
        parent.Entries.TryGetValue(name, out var target);
        var isExchange = flags == RENAME_EXCHANGE;
        if (target is not null && flags == RENAME_NOREPLACE) return EEXIST;
        if (target is null && isExchange) return ENOENT;
        if (from.Node.IsDirectory && parent.IsIn(from.Node)) return EINVAL;
        if (target is not null && target.Node.IsDirectory && from.Parent.IsIn(target.Node)) return isExchange ? EINVAL : ENOTEMPTY;
        if (target?.Node == from.Node) return NONE;
        if (target is null || isExchange)
        {
            if (target is null) Move(from, parent, name);
            else Exchange(from, target);
            return NONE;
        }
        if (from.Node.IsDirectory && !target.Node.IsDirectory) return ENOTDIR;
        if (!from.Node.IsDirectory && target.Node.IsDirectory) return EISDIR;
        if (target.Node.Entries.Count > 0) return ENOTEMPTY;
        Remove(target);
        Move(from, parent, name);
        return NONE;
    }

    private static void Move(TreeEntry entry, TreeNode parent, string name)
    {
        entry.Parent.Entries.Remove(entry.Name);
        Touch(entry.Parent, parent);
        (entry.Parent, entry.Name) = (parent, name);
        parent.Entries.Add(name, entry);
    }

    private static void Exchange(TreeEntry a, TreeEntry b)
    {
        Touch(a.Parent, b.Parent);
        (a.Parent, a.Name, b.Parent, b.Name) = (b.Parent, b.Name, a.Parent, a.Name);
        a.Parent.Entries[a.Name] = a;
        b.Parent.Entries[b.Name] = b;
    }

    private static void Touch(TreeNode a, TreeNode b) => (a.Mtime, b.Mtime) = (null, null);
}
