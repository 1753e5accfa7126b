using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Merging;

/// <summary>
/// The heads of one document: its revisions that no other descends from. A merge whose parents are all ancestors of another
/// head is no head. Parents that are not here are taken to be roots.
/// </summary>
public sealed class HeadSet
{
    private readonly IReadOnlyDictionary<RevisionId, RevisionNode> nodes;

    private HeadSet(IReadOnlyDictionary<RevisionId, RevisionNode> nodes, ImmutableArray<RevisionId> heads)
    {
        this.nodes = nodes;
        Heads = heads;
    }

    /// <summary>Sorted by id; empty only when every revision is void or there is none.</summary>
    public ImmutableArray<RevisionId> Heads { get; }

    /// <summary>The head to show: the newest by time, then by id; null when there is none.</summary>
    public RevisionId? Shown => Heads.IsEmpty ? null : Heads.MaxBy(head => (nodes[head].Time, head));

    public static HeadSet Of(IReadOnlyDictionary<RevisionId, RevisionNode> revisions)
    {
        var valid = revisions.Where(node => !node.Value.IsVoid).Select(node => node.Key).ToArray();
        var inner = Ancestors(revisions, valid);
        var heads = valid.Where(id => !inner.Contains(id)).ToHashSet();
        // Of two merges of the same parents (by different versions) one has to stay: they are judged one after another.
        foreach (var merge in heads.Where(id => revisions[id].IsMerge).OrderBy(id => revisions[id].Parents.Length).ThenBy(id => revisions[id].Time).ThenBy(id => id).ToArray())
        {
            var parents = revisions[merge].Parents;
            if (heads.Any(other => other != merge && Ancestors(revisions, [other]) is var above && parents.All(above.Contains))) heads.Remove(merge);
        }
        return new HeadSet(revisions, [.. heads.Order()]);
    }

    /// <summary>
    /// What a merge of the heads has as parents: heads that are merges are replaced by their parents, and those that are
    /// ancestors of others are left out. Sorted. One id: there is nothing to merge.
    /// </summary>
    public ImmutableArray<RevisionId> MergeParents()
    {
        var parents = new HashSet<RevisionId>();
        var seen = new HashSet<RevisionId>();
        var open = new Stack<RevisionId>(Heads);
        while (open.TryPop(out var id))
        {
            if (!seen.Add(id)) continue;
            if (nodes.TryGetValue(id, out var node) && node.IsMerge) foreach (var parent in node.Parents) open.Push(parent);
            else parents.Add(id);
        }
        parents.ExceptWith(Ancestors(nodes, parents));
        return [.. parents.Order()];
    }

    /// <summary>
    /// The best common ancestors of revisions, themselves included: common ancestors that are no ancestor of another one.
    /// None: they have no common origin. Several: there is no one state to merge from, which is a conflict.
    /// </summary>
    public ImmutableArray<RevisionId> MergeBases(IReadOnlyCollection<RevisionId> revisions)
    {
        HashSet<RevisionId>? common = null;
        foreach (var revision in revisions)
        {
            var above = Ancestors(nodes, [revision]);
            above.Add(revision);
            if (common is null) common = above;
            else common.IntersectWith(above);
        }
        if (common is null) return [];
        var best = common.ToHashSet();
        best.ExceptWith(Ancestors(nodes, common));
        return [.. best.Order()];
    }

    /// <summary>All proper ancestors of any of <paramref name="revisions"/>.</summary>
    private static HashSet<RevisionId> Ancestors(IReadOnlyDictionary<RevisionId, RevisionNode> nodes, IEnumerable<RevisionId> revisions)
    {
        var above = new HashSet<RevisionId>();
        var open = new Stack<RevisionId>(revisions);
        while (open.TryPop(out var id))
        {
            if (!nodes.TryGetValue(id, out var node)) continue;
            foreach (var parent in node.Parents) if (above.Add(parent)) open.Push(parent);
        }
        return above;
    }
}
