namespace PeerDrive.Client.Contracts;

/// <summary>An edit made where this device may not write.</summary>
public sealed record DraftStatus(string Path, string Directory, string Kind, long Size, DateTimeOffset Modified);
