namespace PeerDrive.Client.Contracts;

/// <summary>What a change of all that a query finds did, or would do.</summary>
/// <param name="Query">The query as it was understood.</param>
/// <param name="Matches">Documents that were found.</param>
/// <param name="Changed">Documents that got, or would get, a new version.</param>
/// <param name="Unchanged">Documents that are so already.</param>
/// <param name="Commits">Commits that were made.</param>
/// <param name="Places">The first of those that change, as VOLUME:/path.</param>
/// <param name="Refused">The first of those that could not be changed, each with the reason.</param>
/// <param name="IsPartial">The index of a volume is being made: some matches may be missing.</param>
public sealed record BulkAnnotateStatus(
    string Query, bool IsDryRun, int Matches, int Changed, int Unchanged, int RefusedCount, int Commits, IReadOnlyList<string> Places, IReadOnlyList<string> Refused, bool IsPartial);
