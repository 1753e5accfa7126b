namespace PeerDrive.Client.Contracts;

/// <summary>A device that we are or could be connected to.</summary>
public sealed record PeerStatus(
    string Device, string Name, string PersonName, bool IsOnline, string? Address, DateTimeOffset? LastSeen, long BytesSent,
    long BytesReceived, string? LastProblem, IReadOnlyList<string> Volumes);
