namespace PeerDrive.Client.Contracts;

/// <summary>A member's device, and what it holds.</summary>
/// <param name="Answered">It is connected and said what it has; otherwise nothing is known.</param>
/// <param name="Files">Files that it has whole.</param>
public sealed record HolderStatus(string Device, string Name, bool IsOnline, bool Answered, long Files, long Bytes, DateTimeOffset? LastSeen);
