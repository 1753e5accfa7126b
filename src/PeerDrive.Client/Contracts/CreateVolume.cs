namespace PeerDrive.Client.Contracts;

/// <summary>Asks for a new volume.</summary>
public sealed record CreateVolume(string Name, bool WithRecoveryKey);
