using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Catalog;

namespace PeerDrive.Storage.History;

/// <summary>
/// Which entries were deleted by the deletes of a cut. A delete that no change made void for all changesets is not void for some of them;
/// one that was made void is judged by those of the cut. Used with the catalog's gate held, while it stays as it is.
/// </summary>
internal sealed class PastDeletes(VolumeCatalog catalog, Cut cut, PastPlaces places)
{
    /// <summary>A valid delete comes after the entry's last put.</summary>
    public bool IsDeleted(long entry, PastPut placed)
    {
        var deletes = Of("deletes.entry = ?", entry);
        if (deletes.Count == 0) return false;
        var lastPut = places.LastPut(entry);
        bool? sameDocument = null;
        foreach (var delete in deletes)
        {
            if (delete.Key.CompareTo(lastPut) <= 0) continue;
            if (!delete.MayBeVoid && (sameDocument ??= PresentDocument(entry) == placed.Document)) return true;
            if (!IsVoid(delete, placed)) return true;
        }
        return false;
    }

    private bool IsVoid(Row delete, PastPut placed)
    {
        var changeset = catalog.Chains.Get(delete.Changeset);
        return IsRescued(delete, changeset, []) || IsRevised(delete.Entry, placed.Document, changeset);
    }

    /// <summary>A concurrent put moved the entry, or the folder in which the same changeset deleted it is rescued.</summary>
    private bool IsRescued(Row delete, ChangesetRow changeset, HashSet<long> seen)
    {
        foreach (var (_, other) in places.Puts(delete.Entry))
        {
            if (catalog.Chains.AreConcurrent(catalog.Chains.Get(other), changeset)) return true;
        }
        // Of several deletes of one entry in one changeset the last is taken along, and takes along.
        if (!seen.Add(delete.Entry) || LastIn(changeset, delete.Entry) is not { } last || last.Key != delete.Key) return false;
        return LastIn(changeset, delete.Parent) is { } above && IsRescued(above, changeset, seen);
    }

    private Row? LastIn(ChangesetRow changeset, long entry)
    {
        Row? last = null;
        foreach (var delete in Of("deletes.entry = ?", entry))
        {
            if (delete.Changeset == changeset.Id && (last is null || delete.Key.CompareTo(last.Value.Key) > 0)) last = delete;
        }
        return last;
    }

    private bool IsRevised(long entry, long document, ChangesetRow delete)
    {
        var known = catalog.Chains.VectorOf(delete);
        var unknown = new List<long>();
        using (var select = catalog.Db.Prepare("""
            SELECT changesets.id, changesets.chain, changesets.sequence, changesets.time, revises.through FROM revises JOIN changesets ON changesets.id = revises.changeset
            WHERE revises.document = ?
            """).Bind(document))
        {
            while (select.Step())
            {
                if (select.LongOrNull(4) is { } through && through != entry) continue;
                if (known.TryGetValue(select.Long(1), out var seen) && seen >= select.Long(2)) continue;
                if (cut(select.Long(1), select.Long(2), select.Long(3))) unknown.Add(select.Long(0));
            }
        }
        return unknown.Exists(revise => catalog.Chains.AreConcurrent(catalog.Chains.Get(revise), delete));
    }

    private long? PresentDocument(long entry)
    {
        using var select = catalog.Db.Prepare("SELECT document FROM entries WHERE id = ?").Bind(entry);
        return select.Step() ? select.LongOrNull(0) : null;
    }

    private List<Row> Of(string where, long value)
    {
        using var select = catalog.Db.Prepare($"""
            SELECT deletes.entry, deletes.changeset, deletes.op, deletes.parent, deletes.void, changesets.lamport, changesets.hash, changesets.chain, changesets.sequence, changesets.time
            FROM deletes JOIN changesets ON changesets.id = deletes.changeset WHERE {where}
            """).Bind(value);
        var rows = new List<Row>();
        while (select.Step())
        {
            if (!cut(select.Long(7), select.Long(8), select.Long(9))) continue;
            rows.Add(new Row(select.Long(0), select.Long(1), select.Long(3), select.Flag(4), new OrderKey((ulong)select.Long(5), select.Id<ChangesetHash>(6), select.Int(2))));
        }
        return rows;
    }

    private readonly record struct Row(long Entry, long Changeset, long Parent, bool MayBeVoid, OrderKey Key);
}
