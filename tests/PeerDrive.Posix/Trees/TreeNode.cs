namespace PeerDrive.Posix.Trees;

/// <summary>What a file of the tree should be.</summary>
internal sealed class TreeNode(uint type, uint mode)
{
    public uint Type => type;

    public uint Mode { get; set; } = mode;

    /// <summary>Bytes of a file, target of a symbolic link.</summary>
    public byte[] Content { get; set; } = [];

    public SortedDictionary<string, byte[]> Xattrs { get; } = new(StringComparer.Ordinal);

    /// <summary>Of a directory.</summary>
    public Dictionary<string, TreeEntry> Entries { get; } = [];

    /// <summary>The names of a file; a directory has one, the top none.</summary>
    public List<TreeEntry> Names { get; } = [];

    /// <summary>As it was set; null once something else may have changed it.</summary>
    public Instant? Mtime { get; set; }

    public bool IsDirectory => type == S_IFDIR;

    public uint Links => IsDirectory ? 2u + (uint)Entries.Values.Count(entry => entry.Node.IsDirectory) : (uint)Names.Count;

    /// <summary>Whether this is a directory, or is in one, that an entry names.</summary>
    public bool IsIn(TreeNode directory)
    {
        for (var node = this; ; node = node.Names[0].Parent)
        {
            if (node == directory) return true;
            if (node.Names.Count == 0) return false;
        }
    }

    /// <summary>How many directories are above.</summary>
    public int Depth => Names.Count == 0 ? 0 : 1 + Names[0].Parent.Depth;
}
