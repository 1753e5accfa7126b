using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Tree;

/// <summary>
/// The tree rules, from scratch: a pure function of the set of changesets, whatever order they are given in. Stores compute
/// the same incrementally and are tested against this.
/// </summary>
public sealed class TreeEvaluation
{
    private readonly TreeChangeset[] changesets;
    private readonly Dictionary<EntryId, List<Step<TreeOperation.Put>>> puts = [];
    private readonly Dictionary<EntryId, List<Step<TreeOperation.Delete>>> deletes = [];
    private readonly Dictionary<DocumentId, List<Step<TreeOperation.Revise>>> revisions = [];
    private readonly Dictionary<EntryId, Placement> places = [];
    private readonly HashSet<OrderKey> voidDeletes = [];

    private TreeEvaluation(IEnumerable<TreeChangeset> changesets) =>
        this.changesets = [.. changesets.OrderBy(c => c.Lamport).ThenBy(c => c.Hash)];

    /// <param name="names">Which names are one name in a folder; null: equal bytes.</param>
    public static TreeState Evaluate(IEnumerable<TreeChangeset> changesets, IEqualityComparer<EntryName>? names = null)
    {
        var evaluation = new TreeEvaluation(changesets);
        evaluation.Place();
        evaluation.VoidDeletes();
        var live = evaluation.FindLive();
        var ranks = evaluation.Rank(live, names ?? EqualityComparer<EntryName>.Default);
        return new TreeState(evaluation.places.ToDictionary(
            place => place.Key,
            place => new TreeEntry(
                place.Value.Put.Parent, evaluation.ShownParent(place.Value), place.Value.Put.Name, place.Value.Put.Document,
                place.Value.Put.IsFolder, live.Contains(place.Key), ranks.GetValueOrDefault(place.Key), place.Value.At)));
    }

    /// <summary>Rule 1: puts in order, the last wins; one that would put an entry inside itself is skipped in its turn.</summary>
    private void Place()
    {
        var everParents = new HashSet<EntryId>();
        foreach (var changeset in changesets)
        {
            for (var i = 0; i < changeset.Operations.Length; i++)
            {
                var at = new OrderKey(changeset.Lamport, changeset.Hash, i);
                switch (changeset.Operations[i])
                {
                    case TreeOperation.Put put:
                        Append(puts, put.Entry, new(at, changeset, put));
                        var isPlaced = places.ContainsKey(put.Entry);
                        if (put.Parent == put.Entry || (everParents.Contains(put.Entry) && IsInside(put.Parent, put.Entry)))
                        {
                            if (isPlaced) break;
                            // Only a forged history puts what was never placed below itself: kept, but not in a cycle.
                            places[put.Entry] = new Placement(put with { Parent = EntryId.LostAndFound }, at);
                            break;
                        }
                        places[put.Entry] = new Placement(put, at);
                        everParents.Add(put.Parent);
                        break;
                    case TreeOperation.Delete delete:
                        Append(deletes, delete.Entry, new(at, changeset, delete));
                        break;
                    case TreeOperation.Revise revise:
                        Append(revisions, revise.Document, new(at, changeset, revise));
                        break;
                }
            }
        }
    }

    private bool IsInside(EntryId folder, EntryId entry)
    {
        while (folder != entry)
        {
            if (!places.TryGetValue(folder, out var above)) return false;
            folder = above.Put.Parent;
        }
        return true;
    }

    /// <summary>
    /// Rule 2: a delete is void if a concurrent changeset moved the entry or revised its document through it; a folder so
    /// rescued by a move takes along what the same changeset deleted inside it.
    /// </summary>
    private void VoidDeletes()
    {
        var rescued = new List<Step<TreeOperation.Delete>>();
        foreach (var (entry, steps) in deletes)
        {
            var moves = puts.GetValueOrDefault(entry, []);
            var edits = places.TryGetValue(entry, out var place) ? revisions.GetValueOrDefault(place.Put.Document, []) : [];
            foreach (var delete in steps)
            {
                if (moves.Exists(move => move.Changeset.IsConcurrentWith(delete.Changeset)))
                {
                    voidDeletes.Add(delete.At);
                    rescued.Add(delete);
                }
                else if (edits.Exists(edit => (edit.Operation.Through ?? entry) == entry && edit.Changeset.IsConcurrentWith(delete.Changeset)))
                {
                    voidDeletes.Add(delete.At);
                }
            }
        }
        foreach (var group in rescued.GroupBy(delete => delete.At.Changeset)) TakeAlong(group.First().Changeset, group);
    }

    private void TakeAlong(TreeChangeset changeset, IEnumerable<Step<TreeOperation.Delete>> rescued)
    {
        // Of several deletes of one entry in one changeset the last stands for them.
        var here = new Dictionary<EntryId, (OrderKey At, EntryId Parent)>();
        for (var i = 0; i < changeset.Operations.Length; i++)
        {
            if (changeset.Operations[i] is TreeOperation.Delete delete)
                here[delete.Entry] = (new OrderKey(changeset.Lamport, changeset.Hash, i), delete.Parent);
        }
        var inside = here.ToLookup(delete => delete.Value.Parent);
        var taken = new HashSet<EntryId>();
        var folders = new Queue<EntryId>(rescued.Where(delete => here[delete.Operation.Entry].At == delete.At).Select(delete => delete.Operation.Entry));
        while (folders.TryDequeue(out var folder))
        {
            if (!taken.Add(folder)) continue;
            foreach (var (entry, (at, _)) in inside[folder])
            {
                // Also through a folder whose delete an edit made void: an edit must not take away what a move rescues.
                voidDeletes.Add(at);
                folders.Enqueue(entry);
            }
        }
    }

    /// <summary>Rule 3: no valid delete after the last put; and every folder that holds something live.</summary>
    private HashSet<EntryId> FindLive()
    {
        var live = new HashSet<EntryId>();
        foreach (var entry in places.Keys)
        {
            var lastPut = puts[entry][^1].At;
            if (!deletes.TryGetValue(entry, out var steps) || !steps.Exists(d => d.At.CompareTo(lastPut) > 0 && !voidDeletes.Contains(d.At)))
                live.Add(entry);
        }
        var holders = new HashSet<EntryId>();
        foreach (var entry in live.ToArray())
        {
            for (var above = ShownParent(places[entry]); places.TryGetValue(above, out var place) && holders.Add(above); above = ShownParent(place))
                live.Add(above);
        }
        return live;
    }

    /// <summary>Rule 4: of live entries with one name in one folder, the one placed there first keeps it.</summary>
    private Dictionary<EntryId, int> Rank(HashSet<EntryId> live, IEqualityComparer<EntryName> names)
    {
        var ranks = new Dictionary<EntryId, int>();
        var folders = new Dictionary<EntryId, Dictionary<EntryName, int>>();
        foreach (var entry in live.OrderBy(entry => places[entry].At))
        {
            var place = places[entry];
            var folder = ShownParent(place);
            if (!folders.TryGetValue(folder, out var taken)) folders[folder] = taken = new Dictionary<EntryName, int>(names);
            taken.TryGetValue(place.Put.Name, out var rank);
            ranks[entry] = rank;
            taken[place.Put.Name] = rank + 1;
        }
        return ranks;
    }

    private EntryId ShownParent(Placement place)
    {
        var parent = place.Put.Parent;
        if (parent == EntryId.Root) return parent;
        return places.TryGetValue(parent, out var folder) && folder.Put.IsFolder ? parent : EntryId.LostAndFound;
    }

    private static void Append<TKey, TStep>(Dictionary<TKey, List<TStep>> lists, TKey key, TStep step)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list)) lists[key] = list = [];
        list.Add(step);
    }

    private readonly record struct Step<T>(OrderKey At, TreeChangeset Changeset, T Operation);

    private readonly record struct Placement(TreeOperation.Put Put, OrderKey At);
}
