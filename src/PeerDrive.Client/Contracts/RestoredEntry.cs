namespace PeerDrive.Client.Contracts;

/// <summary>One entry that a restore touched.</summary>
/// <param name="Action">undelete, move, revise or delete.</param>
/// <param name="From">Of a move, where it was before.</param>
public sealed record RestoredEntry(string Action, string Path, string? From);
