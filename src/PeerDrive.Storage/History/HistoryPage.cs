namespace PeerDrive.Storage.History;

/// <summary>Some changes, newest first.</summary>
/// <param name="Next">Where the next page goes on; null: there is no more. A page may be short, or empty, and have a next one: what is rare is looked for in steps.</param>
public sealed record HistoryPage(IReadOnlyList<HistoryChange> Changes, HistoryCursor? Next);
