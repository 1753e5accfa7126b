namespace PeerDrive.Client.Contracts;

/// <summary>A new volume.</summary>
public sealed record CreatedVolume(string Id, string Name, string? RecoveryKey);
