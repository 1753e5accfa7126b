using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Search;

/// <summary>An entry that matches a query.</summary>
/// <param name="Path">Where it is, for people; of a deleted one where it was.</param>
/// <param name="Snippet">The words about a match in its text; null: it matched by something else.</param>
/// <param name="Score">The greater, the better; 0 when there are no words to go by.</param>
/// <param name="After">The cursor after it.</param>
public sealed record SearchHit(EntryView Entry, string Path, string? Snippet, double Score, string After);
