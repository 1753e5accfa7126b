namespace PeerDrive.Node.Limits;

/// <summary>One limit as node.json keeps it. Up and Down are bytes a second, 0 is none, null says nothing about that direction.</summary>
/// <param name="Peer">DeviceId in hexadecimal; null: all connections together.</param>
/// <param name="From">Time of day as 08:00; null with <paramref name="To"/>: the whole day.</param>
/// <param name="Days">As mon-fri or sat,sun; null: every day.</param>
internal sealed record LimitRule(string? Peer, long? Up, long? Down, string? From, string? To, string? Days);
