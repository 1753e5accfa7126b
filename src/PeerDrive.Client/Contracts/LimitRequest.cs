namespace PeerDrive.Client.Contracts;

/// <summary>Asks for a limit. Up and Down are bytes a second, 0 is none, null leaves a direction as it is.</summary>
/// <param name="Peer">A device's name, id or its beginning; null: all connections together.</param>
/// <param name="From">Time of day as 08:00, with <paramref name="To"/>; null: the whole day.</param>
/// <param name="Days">As mon-fri or sat,sun; null: every day.</param>
public sealed record LimitRequest(string? Peer, long? Up, long? Down, string? From, string? To, string? Days);
