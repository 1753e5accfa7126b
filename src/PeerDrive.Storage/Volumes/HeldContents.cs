using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Volumes;

/// <summary>A run of the contents of heads that are wholly here.</summary>
/// <param name="Generation">With another one rows are numbered anew.</param>
/// <param name="Found">Each with its revision's row.</param>
/// <param name="Last">The last row that was looked at.</param>
/// <param name="IsEnd">There are no later ones.</param>
public sealed record HeldContents(long Generation, IReadOnlyList<(long Revision, Content Content)> Found, long Last, bool IsEnd);
