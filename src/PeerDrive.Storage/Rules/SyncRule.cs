using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Rules;

/// <summary>Keeps a folder of one volume in step with a folder of another; both share the documents in them.</summary>
/// <param name="Id">Under which pairs of entries and skipped documents are remembered.</param>
/// <param name="Source">The folder's entry in the source, or the root.</param>
/// <param name="Target">The folder's entry in the target, or the root.</param>
public sealed record SyncRule(string Id, EntryId Source, EntryId Target, RuleDirection Direction, RuleStrategy Strategy)
{
    /// <summary>What both have stays where it is: nothing is moved or renamed.</summary>
    public bool KeepsPlaces { get; init; }

    /// <summary>Two entries of one file, if the rule is for these alone, wherever they are; the folders are the roots then, and neither entry is moved or deleted for the other.</summary>
    public (EntryId Source, EntryId Target)? File { get; init; }

    /// <summary>What in the folders it is for.</summary>
    public RuleFilter Filter { get; init; } = RuleFilter.None;
}
