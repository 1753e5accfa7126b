namespace PeerDrive.Client.Contracts;

/// <summary>Asks to make an old revision the newest. Exactly one of the two.</summary>
public sealed record RestoreRequest(string Path, string? Revision, DateTimeOffset? At);
