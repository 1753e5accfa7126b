namespace PeerDrive.FileSystem;

/// <summary>How the mount makes versions.</summary>
public sealed record DriveSettings
{
    /// <summary>After a revision, further closes of the file are joined for this long; 0: each close makes one.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A change waits so long for what belongs to it: attributes, a rename.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>A file of an ephemeral name waits so long; what replaces it meanwhile makes no revision.</summary>
    public TimeSpan EphemeralSettle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A file that stays open is committed when nothing was written for so long, or was for ten times as long.</summary>
    public TimeSpan OpenFileInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of more nodes than that the kernel is told to forget files that nobody uses.</summary>
    public int RememberedNodes { get; init; } = 64_000;

    /// <summary>A file that replaces another by rename continues its history when it was made at most so long ago.</summary>
    public TimeSpan SavePattern { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A new file continues the history of one that was moved away from its name, to a name like a backup's, so long ago.</summary>
    public TimeSpan BackupPattern { get; init; } = TimeSpan.FromSeconds(2);
}
