namespace PeerDrive.Client.Contracts;

/// <summary>A checkpoint that stands in for a volume's tree until its history has come.</summary>
/// <param name="Device">Name of the device that signed it.</param>
/// <param name="Time">When it was made, by that device's clock.</param>
/// <param name="Progress">Part of its history that has come, from 0 to 1.</param>
public sealed record CheckpointStatus(string Device, DateTimeOffset Time, double Progress);
