namespace PeerDrive.Client.Contracts;

/// <summary>A deleted entry.</summary>
public sealed record TrashStatus(string Entry, string Path, string Name, string Kind, long Size, DateTimeOffset Modified);
