namespace PeerDrive.FileSystem.Views;

/// <summary>What a node of the views shows.</summary>
internal enum ViewKind
{
    /// <summary>One of the fixed folders.</summary>
    Fixed,

    /// <summary>A folder of an old state of the whole tree.</summary>
    Past,

    /// <summary>A folder with the histories of what is in a folder of the tree.</summary>
    History,

    /// <summary>The revisions of one document.</summary>
    FileHistory,

    /// <summary>A deleted folder.</summary>
    Deleted,

    /// <summary>The heads of one document.</summary>
    Conflict,

    /// <summary>What a query finds.</summary>
    Search,

    /// <summary>A symbolic link to where a folder is now.</summary>
    Address,

    /// <summary>One revision of what is no folder.</summary>
    Revision,
}
