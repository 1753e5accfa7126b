using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.History;

/// <summary>
/// Where entries were by the puts of a cut. An entry that was put once is where that put says; of one that was put more often the last put
/// of the cut counts; folders that were are followed through all their moves in order, as which of them close a circle depends on the cut.
/// Used with the catalog's gate held, while it stays as it is.
/// </summary>
internal sealed class PastPlaces(VolumeCatalog catalog, Cut cut)
{
    private const string Columns = "puts.parent, puts.name, puts.document, puts.folder, puts.several, puts.op, changesets.lamport, changesets.hash, changesets.chain, changesets.sequence, changesets.time, puts.entry";

    private readonly Dictionary<long, PastPut?> known = [];
    private Dictionary<long, PastPut>? moved;

    /// <summary>The put that placed an entry; null when none had.</summary>
    public PastPut? Of(long entry)
    {
        if (known.TryGetValue(entry, out var there)) return there;
        PastPut? found = null;
        var isMovedFolder = false;
        using (var select = catalog.Db.Prepare($"SELECT {Columns} FROM puts JOIN changesets ON changesets.id = puts.changeset WHERE puts.entry = ?").Bind(entry))
        {
            while (select.Step() && !isMovedFolder)
            {
                isMovedFolder = select.Flag(4) && select.Flag(3);
                if (!Counts(select)) continue;
                var put = Put(select);
                if (found is null || put.Key.CompareTo(found.Value.Key) > 0) found = put;
            }
        }
        if (isMovedFolder) found = (moved ??= FollowMoves()).TryGetValue(entry, out var place) ? place : null;
        return known[entry] = found;
    }

    /// <summary>Place in the order of the last put of an entry, whether it was skipped or not.</summary>
    public OrderKey LastPut(long entry)
    {
        var last = default(OrderKey);
        foreach (var (put, _) in Puts(entry))
        {
            if (put.Key.CompareTo(last) > 0) last = put.Key;
        }
        return last;
    }

    /// <summary>All puts of an entry that count, with the rows of their changesets, in no order.</summary>
    public List<(PastPut Put, long Changeset)> Puts(long entry)
    {
        using var select = catalog.Db.Prepare($"SELECT {Columns}, changesets.id FROM puts JOIN changesets ON changesets.id = puts.changeset WHERE puts.entry = ?").Bind(entry);
        var puts = new List<(PastPut, long)>();
        while (select.Step())
        {
            if (Counts(select)) puts.Add((Put(select), select.Long(12)));
        }
        return puts;
    }

    /// <summary>The folder in which a placed entry is shown.</summary>
    public long ShownParent(PastPut put) =>
        put.Parent <= TreeTable.Root ? put.Parent : Of(put.Parent) is { IsFolder: true } ? put.Parent : TreeTable.LostAndFound;

    /// <summary>Entries that a folder may hold: those put there by their only put, with it, and the rows of others that some put of the cut or another brought there.</summary>
    /// <param name="name">Null: under any name.</param>
    public (List<(long Entry, PastPut Put, bool HasDeletes)> Once, List<long> Others) Candidates(long folder, EntryName? name)
    {
        var once = new List<(long, PastPut, bool)>();
        using (var select = Bind(catalog.Db.Prepare($"""
            SELECT {Columns}, EXISTS(SELECT 1 FROM deletes WHERE deletes.entry = puts.entry) FROM entries CROSS JOIN puts ON puts.id = entries.placed
            CROSS JOIN changesets ON changesets.id = puts.changeset WHERE entries.parent = ?{(name is null ? "" : " AND entries.name = ?")} AND puts.several = 0
            """), folder, name))
        {
            while (select.Step())
            {
                if (Counts(select)) once.Add((select.Long(11), Put(select), select.Flag(12)));
            }
        }
        var others = new List<long>();
        using (var select = Bind(catalog.Db.Prepare($"SELECT DISTINCT entry FROM puts WHERE several = 1 AND parent = ?{(name is null ? "" : " AND name = ?")}"), folder, name))
        {
            while (select.Step()) others.Add(select.Long(0));
        }
        return (once, others);
    }

    private static Statement Bind(Statement statement, long folder, EntryName? name)
    {
        statement.Bind(folder);
        return name is { } one ? statement.Bind(one.Bytes) : statement;
    }

    /// <summary>All folder puts of entries that were put more than once, in order: one that would place a folder inside itself is skipped in its turn.</summary>
    private Dictionary<long, PastPut> FollowMoves()
    {
        var puts = new List<(long Entry, PastPut Put)>();
        using (var select = catalog.Db.Prepare(
            $"SELECT {Columns} FROM puts INDEXED BY puts_moves CROSS JOIN changesets ON changesets.id = puts.changeset WHERE puts.several = 1 AND puts.folder = 1"))
        {
            while (select.Step())
            {
                if (Counts(select)) puts.Add((select.Long(11), RawPut(select)));
            }
        }
        var places = new Dictionary<long, PastPut>();
        var fixedPlaces = new Dictionary<long, PastPut?>();
        foreach (var (entry, put) in puts.OrderBy(put => put.Put.Key))
        {
            if (!IsInside(put, entry, places, fixedPlaces)) places[entry] = put;
            // Only a forged history puts what was never placed below itself: kept, but not in a circle.
            else if (!places.ContainsKey(entry)) places[entry] = put with { Parent = TreeTable.LostAndFound };
        }
        return places;
    }

    private bool IsInside(PastPut put, long entry, Dictionary<long, PastPut> places, Dictionary<long, PastPut?> fixedPlaces)
    {
        for (var above = put.Parent; above > TreeTable.Root;)
        {
            if (above == entry) return true;
            if (places.TryGetValue(above, out var place)) above = place.Parent;
            else if (FixedPlace(above, fixedPlaces) is { } only && only.Key.CompareTo(put.Key) < 0) above = only.Parent;
            else return false;
        }
        return false;
    }

    /// <summary>The place of an entry that was put only once; null of one that moved, or when that put does not count.</summary>
    private PastPut? FixedPlace(long entry, Dictionary<long, PastPut?> fixedPlaces)
    {
        if (fixedPlaces.TryGetValue(entry, out var there)) return there;
        using var select = catalog.Db.Prepare($"SELECT {Columns} FROM puts JOIN changesets ON changesets.id = puts.changeset WHERE puts.entry = ?").Bind(entry);
        return fixedPlaces[entry] = select.Step() && !select.Flag(4) && Counts(select) ? Put(select) : null;
    }

    private bool Counts(Statement row) => cut(row.Long(8), row.Long(9), row.Long(10));

    private static PastPut RawPut(Statement row) => new(
        row.Long(0), EntryName.Create(row.Blob(1)), row.Long(2), row.Flag(3), new OrderKey((ulong)row.Long(6), row.Id<ChangesetHash>(7), row.Int(5)));

    private static PastPut Put(Statement row)
    {
        var put = RawPut(row);
        return put.Parent == row.Long(11) ? put with { Parent = TreeTable.LostAndFound } : put;
    }
}
