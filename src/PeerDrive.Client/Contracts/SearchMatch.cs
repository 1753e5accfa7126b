namespace PeerDrive.Client.Contracts;

/// <summary>An entry that matches a query.</summary>
/// <param name="Volume">The volume's name.</param>
/// <param name="IsDeleted">It is in the trash, and its path is where it was.</param>
/// <param name="Snippet">The words about a match in its text; null: it matched by something else.</param>
/// <param name="Score">The greater, the better; 0 when there are no words to go by.</param>
public sealed record SearchMatch(string Volume, string VolumeId, EntryStatus Entry, bool IsDeleted, string? Snippet, double Score);
