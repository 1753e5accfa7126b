namespace PeerDrive.Client.Contracts;

/// <summary>A person with a role in a volume.</summary>
public sealed record MemberStatus(string Person, string Name, string Role, IReadOnlyList<DeviceStatus> Devices);
