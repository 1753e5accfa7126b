namespace PeerDrive.Transport.Limiting;

/// <summary>Limits in bytes a second; 0: none.</summary>
public readonly record struct DirectionRates(long Up, long Down);
