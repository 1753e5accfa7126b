namespace PeerDrive.Client.Contracts;

/// <summary>Names an entry by its path, or a deleted one by its id.</summary>
public sealed record PathRequest(string? Path, string? Entry);
