using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Changesets;

/// <summary>The last changeset of one author's log that somebody has: what version vectors and dependencies are made of.</summary>
public readonly record struct Tip(AuthorId Author, ulong Sequence, ChangesetHash Hash);
