namespace PeerDrive.Folders.Scanning;

/// <summary>What happened to a path of the directory.</summary>
internal enum LocalChangeKind
{
    Create,
    Revise,
    Move,

    /// <summary>Files that took each other's names.</summary>
    Rotate,

    /// <summary>A further name of a file that has a row.</summary>
    Link,
    Delete,
}
