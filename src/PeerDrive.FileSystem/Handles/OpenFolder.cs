namespace PeerDrive.FileSystem.Handles;

/// <summary>A folder being read: its lines as they were when reading began.</summary>
public abstract class OpenFolder
{
    /// <summary>Of the folder itself and of the one that it lies in.</summary>
    public abstract (ulong Own, ulong Above) Inodes { get; }

    /// <summary>Lines but those of the folder itself and the one above, by their final numbers.</summary>
    public abstract IReadOnlyList<DirectoryLine> Lines { get; }

    /// <summary>Reading begins again: what changed since is seen.</summary>
    public abstract void Rewind();

    /// <summary>What a line leads to, with a look-up counted; null when it is gone.</summary>
    public abstract NodeView? LookUp(int line);
}
