namespace PeerDrive.Client.Contracts;

/// <summary>Puts what is at a path into another volume as the same documents.</summary>
/// <param name="ToPath">A folder that is there, or a new name in one.</param>
public sealed record ReplicateRequest(string Path, string ToVolume, string ToPath)
{
    /// <summary>A rule is made that keeps both in step from now on, a file also when it is renamed or moved.</summary>
    public bool InStep { get; init; }
}
