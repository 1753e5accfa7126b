using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Rules;

/// <summary>What a pass looks at: entries that changed on each side.</summary>
public sealed record RuleScope(IReadOnlyCollection<EntryId> Source, IReadOnlyCollection<EntryId> Target);
