namespace PeerDrive.Client.Contracts;

/// <summary>A linked folder. State: scanning, watching, paused (the folder is gone or full; Problem says why) or stopped.</summary>
public sealed record LinkStatus(
    string Id, string Volume, string Folder, string Directory, string Space, string State, long Files, long PendingWrites,
    string? Problem, IReadOnlyList<string> Ignore)
{
    /// <summary>In the answer to linking: bytes that the data directory will need; otherwise null.</summary>
    public long? NeededBytes { get; init; }

    /// <summary>In the answer to linking: bytes that were free there; otherwise null.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>In the answer to linking as lean: a sentence that says what may be lost; otherwise null.</summary>
    public string? Risk { get; init; }
}
