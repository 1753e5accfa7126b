namespace PeerDrive.Folders;

/// <summary>What a linked folder is doing.</summary>
public enum LinkPhase
{
    /// <summary>All of the directory is being compared.</summary>
    Scanning,

    /// <summary>Up to date, or working on single changes.</summary>
    Watching,

    /// <summary>The directory is not there or cannot be used; nothing is taken for deleted meanwhile.</summary>
    Paused,
}
