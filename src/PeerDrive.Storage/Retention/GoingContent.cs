using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Retention;

/// <summary>A content that the rule lets go.</summary>
/// <param name="Documents">Rows of the documents that have it.</param>
/// <param name="Revisions">Their revisions that do.</param>
public sealed record GoingContent(Content Content, IReadOnlyList<long> Documents, IReadOnlyList<RevisionId> Revisions);
