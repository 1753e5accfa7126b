using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// Computes merges again and notes those that are not what their parents make. A verdict is knowledge for people: tree, heads and
/// names never depend on it, or replicas that have the contents would show other things than those that have not.
/// </summary>
internal sealed class MergeJudge(Volume volume)
{
    /// <summary>Merges that wait for contents; more are looked at when the volume is opened again.</summary>
    private const int MaxOpen = 10_000;

    /// <summary>So many heads are tried in every order.</summary>
    private const int MostOrdered = 4;

    private readonly MergeComputation computation = new(volume);
    private readonly HashSet<RevisionId> open = [];
    private long last;

    /// <summary>Judges merges that came since the last look.</summary>
    /// <param name="anew">Looks at all that have no verdict.</param>
    /// <param name="hasContents">Contents came, so what waited for them is judged too.</param>
    public void Look(bool anew, bool hasContents = false)
    {
        if (anew) last = 0;
        var found = volume.Reader.MergesWithoutVerdict(ref last);
        var verdicts = new List<(RevisionId, bool)>();
        foreach (var id in hasContents || anew ? found.Union(open).ToList() : found)
        {
            open.Remove(id);
            var verdict = Judge(id);
            if (verdict != MergeVerdict.Open) verdicts.Add((id, verdict == MergeVerdict.Right));
            else if (open.Count < MaxOpen) open.Add(id);
        }
        if (verdicts.Count == 0) return;
        try
        {
            Note(verdicts);
        }
        catch (PeerDriveException)
        {
            // A full disk, say: the next opening judges again.
        }
    }

    private void Note(List<(RevisionId Merge, bool IsRight)> verdicts)
    {
        var db = volume.CatalogDatabase;
        lock (db.Gate)
        {
            using var transaction = db.Begin();
            foreach (var (merge, isRight) in verdicts) db.Prepare("INSERT OR REPLACE INTO verdicts VALUES(?, ?)").BindId(merge).Bind(isRight ? 1 : 0).Run();
            transaction.Commit();
        }
    }

    private MergeVerdict Judge(RevisionId id)
    {
        if (volume.Reader.Revision(id) is not { } merge || merge.Fields.Merge > RevisionMerge.Version) return MergeVerdict.Open;
        var revisions = volume.Reader.History(merge.Document).Select(view => volume.Reader.Revision(view.Id)).OfType<Revision>().ToDictionary(revision => revision.Id);
        if (!merge.Parents.All(revisions.ContainsKey)) return MergeVerdict.Open;
        var parents = merge.Parents.Where(parent => !revisions[parent].IsMerge).ToList();
        var history = HeadSet.Of(revisions.Where(pair => pair.Key != id).ToDictionary(
            pair => pair.Key, pair => new RevisionNode(pair.Value.Parents, pair.Value.IsMerge, pair.Value.Fields.Time)));
        // Merges are never parents of merges, nor is one parent an ancestor of another.
        if (parents.Count < 2 || parents.Count != merge.Parents.Length || parents.Any(one => parents.Any(other => one != other && history.MergeBases([one, other]).Contains(one))))
            return MergeVerdict.Wrong;

        var ordered = parents.OrderBy(parent => volume.Reader.OrderOf(parent)).Select(parent => revisions[parent].State).ToList();
        // The volume's rule may have been another one then.
        if (ordered.Exists(Makes)) return MergeVerdict.Right;
        try
        {
            // A merge that came from another volume was made of what came there in another order.
            foreach (var order in Orders(ordered))
            {
                var state = computation.Merge(history.MergeBases(parents), revisions, order, out var isOpen);
                if (isOpen) return MergeVerdict.Open;
                if (state is not null && Makes(state)) return MergeVerdict.Right;
            }
            return MergeVerdict.Wrong;
        }
        catch (PeerDriveException)
        {
            // Damaged contents say nothing about the merge.
            return MergeVerdict.Open;
        }

        bool Makes(RevisionState state) => RevisionMerge.Create([.. parents.Select(parent => revisions[parent])], state).Id == id;
    }

    /// <summary>The order in which they came here, then all others; of many heads only those that differ in which is the newest.</summary>
    private static IEnumerable<IReadOnlyList<RevisionState>> Orders(List<RevisionState> here)
    {
        yield return here;
        if (here.Count > MostOrdered)
        {
            for (var newest = here.Count - 2; newest >= 0; newest--) yield return [.. here.Where((_, i) => i != newest), here[newest]];
            yield break;
        }
        foreach (var order in Permutations(here).Skip(1)) yield return order;
    }

    private static IEnumerable<List<RevisionState>> Permutations(List<RevisionState> states)
    {
        if (states.Count < 2)
        {
            yield return states;
            yield break;
        }
        for (var i = 0; i < states.Count; i++)
        {
            foreach (var rest in Permutations([.. states[..i], .. states[(i + 1)..]])) yield return [states[i], .. rest];
        }
    }
}
