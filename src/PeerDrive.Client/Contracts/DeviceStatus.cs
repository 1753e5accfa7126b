namespace PeerDrive.Client.Contracts;

/// <summary>A device that acts for a member.</summary>
public sealed record DeviceStatus(string Device, string Name, bool IsOnline);
