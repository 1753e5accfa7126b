using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.History;

/// <summary>Which revisions documents showed by those of a cut. Used with the catalog's gate held, while it stays as it is.</summary>
/// <param name="needsParents">A merge counts if all that it merges does, and else not.</param>
internal sealed class PastRevisions(VolumeCatalog catalog, Cut cut, bool needsParents)
{
    private static readonly string ByTime =
        $"SELECT {RevisionTable.Columns}, changesets.chain, changesets.sequence, changesets.time FROM revisions JOIN changesets ON changesets.id = revisions.changeset "
        + "WHERE revisions.document = ? ORDER BY revisions.time DESC, revisions.revision DESC";

    private const int AfterColumns = 20;

    private readonly Dictionary<long, RevisionRow?> known = [];

    /// <summary>The revision that a document showed; null when none had come.</summary>
    /// <param name="document">Its row.</param>
    public RevisionRow? Shown(long document)
    {
        if (known.TryGetValue(document, out var there)) return there;
        return known[document] = Find(document);
    }

    private RevisionRow? Find(long document)
    {
        RevisionRow newest;
        using (var select = catalog.Db.Prepare(ByTime).Bind(document))
        {
            while (true)
            {
                if (!select.Step()) return null;
                if (!Counts(select)) continue;
                newest = catalog.Revisions.Row(select);
                break;
            }
        }
        // The newest of all that nothing follows is the newest of the heads; whether a merge is a head is asked of all of them.
        return !newest.IsMerge && !HasChild(newest) ? newest : FindAmongAll(document);
    }

    private bool HasChild(RevisionRow revision)
    {
        using var select = catalog.Db.Prepare("""
            SELECT revisions.id, changesets.chain, changesets.sequence, changesets.time, revisions.merge FROM parents CROSS JOIN revisions ON revisions.id = parents.revision
            CROSS JOIN changesets ON changesets.id = revisions.changeset WHERE parents.parent = ? AND revisions.document = ?
            """).Bind(revision.Row).Bind(revision.Document);
        while (select.Step())
        {
            if (select.Flag(4) && needsParents) return true;
            if (Counts(select.Long(0), select.Long(1), select.Long(2), select.Long(3))) return true;
        }
        return false;
    }

    private RevisionRow? FindAmongAll(long document)
    {
        var rows = new Dictionary<long, RevisionRow>();
        using (var select = catalog.Db.Prepare(ByTime).Bind(document))
        {
            while (select.Step())
            {
                if (Counts(select)) rows[select.Long(14)] = catalog.Revisions.Row(select);
            }
        }
        var parents = rows.Keys.ToDictionary(row => row, _ => new List<(long Row, RevisionId Id)>());
        using (var edges = catalog.Db.Prepare("SELECT revisions.id, revisions.revision, parents.revision FROM revisions CROSS JOIN parents ON parents.parent = revisions.id WHERE revisions.document = ?").Bind(document))
        {
            while (edges.Step())
            {
                if (parents.TryGetValue(edges.Long(2), out var list)) list.Add((edges.Long(0), edges.Id<RevisionId>(1)));
            }
        }
        if (needsParents) DropBrokenMerges(rows, parents);
        var nodes = rows.Values.ToDictionary(row => row.Id, row => new RevisionNode([.. parents[row.Row].Select(parent => parent.Id)], row.IsMerge, row.Time));
        return HeadSet.Of(nodes).Shown is { } shown ? rows.Values.First(row => row.Id == shown) : null;
    }

    private static void DropBrokenMerges(Dictionary<long, RevisionRow> rows, Dictionary<long, List<(long Row, RevisionId Id)>> parents)
    {
        while (rows.Values.Where(row => row.IsMerge && parents[row.Row].Exists(parent => !rows.ContainsKey(parent.Row))).ToList() is { Count: > 0 } broken)
        {
            foreach (var row in broken) rows.Remove(row.Row);
        }
    }

    /// <summary>A merge that needs its parents is judged by them: who brought it has no say in it.</summary>
    private bool Counts(Statement row) =>
        (needsParents && row.Flag(9)) || Counts(row.Long(14), row.Long(AfterColumns), row.Long(AfterColumns + 1), row.Long(AfterColumns + 2));

    private bool Counts(long revision, long chain, long sequence, long time)
    {
        if (cut(chain, sequence, time)) return true;
        using var repeats = catalog.Db.Prepare(
            "SELECT changesets.chain, changesets.sequence, changesets.time FROM repeats JOIN changesets ON changesets.id = repeats.changeset WHERE repeats.revision = ?").Bind(revision);
        while (repeats.Step())
        {
            if (cut(repeats.Long(0), repeats.Long(1), repeats.Long(2))) return true;
        }
        return false;
    }
}
