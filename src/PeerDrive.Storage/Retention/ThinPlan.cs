using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Retention;

/// <summary>What the retention rule lets go at a moment.</summary>
/// <param name="Documents">What goes of each, in the order of their first versions.</param>
/// <param name="Gone">The contents that go.</param>
/// <param name="Revived">Contents that went and that the rule keeps now: they are to be here again.</param>
public sealed record ThinPlan(IReadOnlyList<ThinnedDocument> Documents, IReadOnlyList<GoingContent> Gone, IReadOnlyList<Content> Revived)
{
    public bool IsEmpty => Gone.Count + Revived.Count == 0;

    public int Versions => Documents.Sum(document => document.Versions);

    public long Bytes => Documents.Sum(document => document.Bytes);

    /// <summary>The catalog's rows that were looked at.</summary>
    internal long Generation { get; init; }

    internal long LastRow { get; init; }

    /// <summary>By which it was made: nothing goes once another one is in force.</summary>
    internal RetentionRule? Rule { get; init; }
}
