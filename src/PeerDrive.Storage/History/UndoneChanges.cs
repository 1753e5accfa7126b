using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.History;

/// <summary>What the changesets that a rewind undoes touched.</summary>
/// <param name="Entries">Put or deleted.</param>
/// <param name="Documents">Revised, with the revisions.</param>
/// <param name="Without">The tree that all other changesets make.</param>
internal sealed record UndoneChanges(IReadOnlySet<EntryId> Entries, IReadOnlyDictionary<DocumentId, HashSet<RevisionId>> Documents, PastTree Without);
