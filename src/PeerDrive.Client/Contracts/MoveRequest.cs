namespace PeerDrive.Client.Contracts;

/// <summary>Asks to rename or move an entry of a volume.</summary>
/// <param name="ToPath">Where nothing is yet, in a folder that is there.</param>
public sealed record MoveRequest(string Path, string ToPath);
