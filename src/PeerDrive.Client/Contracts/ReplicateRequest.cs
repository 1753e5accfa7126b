namespace PeerDrive.Client.Contracts;

/// <summary>Puts what is at a path into another volume as the same documents.</summary>
/// <param name="ToPath">A folder that is there, or a new name in one.</param>
public sealed record ReplicateRequest(string Path, string ToVolume, string ToPath);
