namespace PeerDrive.Client.Contracts;

/// <summary>Some entries of a folder, by their names' bytes.</summary>
/// <param name="Next">What the next page is asked for with; null: there is no more.</param>
public sealed record EntryPage(IReadOnlyList<EntryStatus> Entries, string? Next);
