namespace PeerDrive.FileSystem;

/// <summary>What became of a name.</summary>
public enum NameEventKind
{
    /// <summary>It leads nowhere any more.</summary>
    Vanished,

    /// <summary>It leads to something that it did not lead to before.</summary>
    Appeared,

    /// <summary>The file that it leads to has other bytes or attributes.</summary>
    Changed,
}
