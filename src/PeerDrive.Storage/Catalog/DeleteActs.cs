using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Catalog;

/// <summary>
/// Which act deleted an entry. An act is one edit of one device: a changeset, or several of one time when one would have been too
/// large. The caller holds the catalog's gate.
/// </summary>
internal sealed class DeleteActs(Database db, TreeTable tree)
{
    /// <summary>Deleted entries below a deleted folder that went with it in the same act, each after the folder it was in.</summary>
    public List<long> DeletedWith(long folder)
    {
        var acts = Of(folder);
        var found = new List<long>();
        var open = new Queue<long>([folder]);
        while (open.TryDequeue(out var above))
        {
            foreach (var child in Children(above))
            {
                if (!Of(child).Overlaps(acts)) continue;
                found.Add(child);
                open.Enqueue(child);
            }
        }
        return found;
    }

    private HashSet<(long Chain, long Time)> Of(long entry)
    {
        var lastPut = tree.LastPutOf(entry);
        var acts = new HashSet<(long, long)>();
        using var select = db.Prepare("""
            SELECT changesets.chain, changesets.time, changesets.lamport, changesets.hash, deletes.op
            FROM deletes JOIN changesets ON changesets.id = deletes.changeset WHERE deletes.entry = ? AND deletes.void = 0
            """).Bind(entry);
        while (select.Step())
        {
            if (new OrderKey((ulong)select.Long(2), select.Id<ChangesetHash>(3), select.Int(4)).CompareTo(lastPut) > 0) acts.Add((select.Long(0), select.Long(1)));
        }
        return acts;
    }

    private List<long> Children(long folder)
    {
        using var select = db.Prepare("SELECT id FROM entries WHERE parent = ? AND live = 0 AND holds = 0 ORDER BY id").Bind(folder);
        var rows = new List<long>();
        while (select.Step()) rows.Add(select.Long(0));
        return rows;
    }
}
