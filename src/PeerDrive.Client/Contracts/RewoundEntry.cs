namespace PeerDrive.Client.Contracts;

/// <summary>One entry that a rewind touched, or kept.</summary>
/// <param name="Action">undelete, move, revise, delete or keep.</param>
/// <param name="From">Of a move, where it was before.</param>
/// <param name="Note">Of what is kept, why; else null.</param>
public sealed record RewoundEntry(string Action, string Path, string? From, string? Note);
