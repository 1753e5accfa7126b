namespace PeerDrive.Client.Contracts;

/// <summary>A limit as it was asked for, and whether it is its time now.</summary>
public sealed record LimitStatus(string? Peer, string? PeerName, long? Up, long? Down, string? From, string? To, string? Days, bool IsActive);
