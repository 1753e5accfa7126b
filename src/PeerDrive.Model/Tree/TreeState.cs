using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Tree;

/// <summary>The tree that a set of changesets makes: every entry that was ever placed.</summary>
public sealed record TreeState(IReadOnlyDictionary<EntryId, TreeEntry> Entries);
