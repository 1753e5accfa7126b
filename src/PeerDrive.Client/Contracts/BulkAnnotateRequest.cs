namespace PeerDrive.Client.Contracts;

/// <summary>A change of annotations of all that a query finds.</summary>
/// <param name="Query">As for search.</param>
/// <param name="Volumes">Names or ids; none: all volumes.</param>
/// <param name="Change">What to change; its paths are not looked at.</param>
/// <param name="IsDryRun">Only says what would be done.</param>
public sealed record BulkAnnotateRequest(string Query, IReadOnlyList<string> Volumes, AnnotateRequest Change, bool IsDryRun);
