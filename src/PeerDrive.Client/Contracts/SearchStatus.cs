namespace PeerDrive.Client.Contracts;

/// <summary>A page of the answer to a query.</summary>
/// <param name="Query">The query as it was understood.</param>
/// <param name="Total">How many match in all the volumes that were asked.</param>
/// <param name="Next">The cursor of the next page; null: there is none.</param>
/// <param name="IsPartial">The index of a volume is being made: some matches may be missing.</param>
public sealed record SearchStatus(string Query, IReadOnlyList<SearchMatch> Matches, long Total, string? Next, bool IsPartial);
