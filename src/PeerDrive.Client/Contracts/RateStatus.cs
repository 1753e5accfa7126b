namespace PeerDrive.Client.Contracts;

/// <summary>What holds now, in bytes a second, 0 for no limit, and the bytes that passed in a second lately.</summary>
/// <param name="Peer">A connected device; null: all together.</param>
public sealed record RateStatus(string? Peer, string? PeerName, long Up, long Down, long UpPerSecond, long DownPerSecond);
