using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Catalog;

/// <summary>
/// The tree, kept up to date operation by operation: placement, void deletes, what is live. Gives what
/// <see cref="Model.Tree.TreeEvaluation"/> computes from scratch, whatever the order of arrival. The caller holds the
/// catalog's gate. Row 0 is the root, row -1 lost+found.
/// </summary>
internal sealed class TreeTable(Database db, ChainTable chains)
{
    public const long Root = 0;
    public const long LostAndFound = -1;

    private readonly RowMemory<EntryId> memory = new();
    private OrderKey? redoFrom;

    public TouchedSet Touched { get; private set; } = new();

    /// <summary>What was touched since the last call.</summary>
    public TouchedSet TakeTouched()
    {
        var taken = Touched;
        Touched = new TouchedSet();
        return taken;
    }

    /// <summary>Drops what is remembered outside the database: after a rollback it is not so.</summary>
    public void Forget()
    {
        redoFrom = null;
        memory.Forget();
        Touched = new TouchedSet();
    }

    public long RowOf(EntryId entry)
    {
        if (entry == EntryId.Root) return Root;
        if (entry == EntryId.LostAndFound) return LostAndFound;
        if (FindRow(entry) is { } row) return row;
        db.Prepare("INSERT INTO entries(entry, live, holds) VALUES(?, 0, 0)").BindId(entry).Run();
        return memory.Remember(entry, db.LastInsertedRow);
    }

    public long? FindRow(EntryId entry)
    {
        if (entry == EntryId.Root) return Root;
        if (entry == EntryId.LostAndFound) return LostAndFound;
        if (memory.RowOf(entry) is { } row) return row;
        using var find = db.Prepare("SELECT id FROM entries WHERE entry = ?").BindId(entry);
        return find.Step() ? memory.Remember(entry, find.Long(0)) : null;
    }

    public EntryId IdOf(long row)
    {
        if (memory.IdOf(row) is { } known) return known;
        using var find = db.Prepare("SELECT entry FROM entries WHERE id = ?").Bind(row);
        find.Step();
        return find.Id<EntryId>(0);
    }

    public void ApplyPut(ChangesetRow changeset, int op, Operation.Put put, long document)
    {
        if (FindRow(put.Entry) is not { } entry)
        {
            AddNew(changeset, op, put, document);
            return;
        }
        var placement = new Placement(AddPut(entry, changeset, op, put, document, several: true, out var parent), parent, put.Name, document, put.IsFolder);
        var key = changeset.Key(op);
        var placed = PlacedPut(entry);
        if (placed is null) Place(entry, Outside(entry, placement));
        else if (put.IsFolder) PlaceFolder(entry, placement, key);
        else if (key.CompareTo(KeyOfPut(placed.Value)) > 0) Place(entry, Outside(entry, placement));
        foreach (var delete in DeletesOf(entry))
        {
            if (!delete.IsRescued && chains.AreConcurrent(chains.Get(delete.Changeset), changeset)) Rescue(delete);
        }
        UpdateLive(entry);
    }

    /// <summary>
    /// An entry that nobody has named before: it holds nothing and was never deleted, so nothing has to be compared or undone.
    /// </summary>
    private void AddNew(ChangesetRow changeset, int op, Operation.Put put, long document)
    {
        // Only its own parent it may still name.
        var parent = put.Parent == put.Entry ? LostAndFound : RowOf(put.Parent);
        db.Prepare("""
            INSERT INTO entries(entry, parent, name, document, folder, placed, live, holds)
            VALUES(?, ?, ?, ?, ?, (SELECT coalesce(max(id), 0) + 1 FROM puts), 1, 0)
            """).BindId(put.Entry).Bind(parent).Bind(put.Name.Bytes).Bind(document).Bind(put.IsFolder ? 1 : 0).Run();
        var entry = memory.Remember(put.Entry, db.LastInsertedRow);
        AddPut(entry, changeset, op, put, document, several: false, out _);
        Touched.Documents.Add(document);
        foreach (var neighbour in InSlot(parent, put.Name)) Touched.Entries.Add(neighbour);
        Count(parent, 1, []);
    }

    private List<long> InSlot(long parent, EntryName name)
    {
        using var select = db.Prepare("SELECT id FROM entries WHERE parent = ? AND name = ?").Bind(parent).Bind(name.Bytes);
        var found = new List<long>();
        while (select.Step()) found.Add(select.Long(0));
        return found;
    }

    /// <param name="several">Whether the entry has, or may have, other puts: all of them are marked then.</param>
    private long AddPut(long entry, ChangesetRow changeset, int op, Operation.Put put, long document, bool several, out long parent)
    {
        parent = RowOf(put.Parent);
        if (several) db.Prepare("UPDATE puts SET several = 1 WHERE entry = ? AND several = 0").Bind(entry).Run();
        db.Prepare("INSERT INTO puts(entry, changeset, op, parent, name, document, folder, lamport, skipped, several) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0, ?)")
            .Bind(entry).Bind(changeset.Id).Bind(op).Bind(parent).Bind(put.Name.Bytes).Bind(document).Bind(put.IsFolder ? 1 : 0).Bind((long)changeset.Lamport)
            .Bind(several ? 1 : 0).Run();
        return db.LastInsertedRow;
    }

    public void ApplyDelete(ChangesetRow changeset, int op, Operation.Delete delete)
    {
        var entry = RowOf(delete.Entry);
        db.Prepare("INSERT INTO deletes(entry, changeset, op, parent, void, rescued) VALUES(?, ?, ?, ?, 0, 0)")
            .Bind(entry).Bind(changeset.Id).Bind(op).Bind(RowOf(delete.Parent)).Run();
        var row = new DeleteRow(db.LastInsertedRow, entry, changeset.Id, op, RowOf(delete.Parent), IsVoid: false, IsRescued: false);
        if (MovedConcurrently(entry, changeset) || ParentIsRescued(row)) Rescue(row);
        else if (RevisedConcurrently(entry, changeset)) MarkVoid(row, rescued: false);
        UpdateLive(entry);
    }

    /// <summary>Lets a revision of a document keep its entries alive.</summary>
    public void ApplyRevise(ChangesetRow changeset, int op, long document, long? through)
    {
        db.Prepare("INSERT OR IGNORE INTO revises VALUES(?, ?, ?, ?)").Bind(document).Bind(changeset.Id).Bind(op).Bind(through).Run();
        var revived = new HashSet<long>();
        foreach (var delete in Deletes(
            "SELECT deletes.id, entry, changeset, op, deletes.parent, void, rescued FROM deletes WHERE entry IN (SELECT id FROM entries WHERE document = ?)", document))
        {
            if ((through is { } one && one != delete.Entry) || delete.IsVoid || !chains.AreConcurrent(chains.Get(delete.Changeset), changeset)) continue;
            MarkVoid(delete, rescued: false);
            revived.Add(delete.Entry);
        }
        foreach (var entry in revived) UpdateLive(entry);
    }

    /// <summary>Notes that a document may look different under all its names.</summary>
    public void TouchDocument(long document)
    {
        Touched.Documents.Add(document);
        Touched.Entries.UnionWith(EntriesOf(document));
    }

    /// <summary>Redoes the folder moves that a late one may have changed. Called after each batch, before the tree is read.</summary>
    public void Settle()
    {
        if (redoFrom is not { } from) return;
        redoFrom = null;
        var puts = FolderPutsFrom(from);
        var before = new Dictionary<long, Placement?>();
        foreach (var (put, _) in puts) before.TryAdd(put.Entry, null);
        foreach (var entry in before.Keys.ToList()) before[entry] = PlacementBefore(entry, from);
        var now = new Dictionary<long, Placement?>(before);
        foreach (var (put, placement) in puts)
        {
            var inside = IsInside(put.Entry, placement.Parent, now);
            var skip = inside && now[put.Entry] is not null;
            if (skip != put.IsSkipped) db.Prepare("UPDATE puts SET skipped = ? WHERE id = ?").Bind(skip ? 1 : 0).Bind(placement.Put).Run();
            if (!skip) now[put.Entry] = inside ? placement with { Parent = LostAndFound } : placement;
        }
        MoveTogether(now.Where(pair => pair.Value is not null).Select(pair => (pair.Key, pair.Value!.Value)));
    }

    /// <summary>Entries of a document, of all that were ever placed.</summary>
    public List<long> EntriesOf(long document) => Longs("SELECT id FROM entries WHERE document = ?", document);

    /// <summary>Place in the order of an entry's last put; the least there is when nobody placed it.</summary>
    public OrderKey LastPutOf(long entry) => PutKeysOf(entry).DefaultIfEmpty().Max();

    public bool IsLive(long entry) => entry <= Root || State(entry) is { IsLive: true };

    private void PlaceFolder(long entry, Placement placement, OrderKey key)
    {
        if (redoFrom is not null || IsLate(key))
        {
            if (redoFrom is null || key.CompareTo(redoFrom.Value) < 0) redoFrom = key;
            return;
        }
        if (WouldBeInside(entry, placement.Parent)) db.Prepare("UPDATE puts SET skipped = 1 WHERE id = ?").Bind(placement.Put).Run();
        else Place(entry, placement);
    }

    /// <summary>Whether some folder put already applied comes after <paramref name="key"/>.</summary>
    private bool IsLate(OrderKey key)
    {
        using var later = db.Prepare(
            "SELECT changesets.hash, puts.op, puts.lamport FROM puts JOIN changesets ON changesets.id = puts.changeset WHERE puts.folder = 1 AND puts.lamport >= ?").Bind((long)key.Lamport);
        while (later.Step())
        {
            if (new OrderKey((ulong)later.Long(2), later.Id<ChangesetHash>(0), later.Int(1)).CompareTo(key) > 0) return true;
        }
        return false;
    }

    private List<(PutRow Put, Placement Placement)> FolderPutsFrom(OrderKey from)
    {
        using var select = db.Prepare("""
            SELECT puts.id, puts.entry, puts.parent, puts.name, puts.document, puts.skipped, puts.lamport, changesets.hash, puts.op
            FROM puts JOIN changesets ON changesets.id = puts.changeset WHERE puts.folder = 1 AND puts.lamport >= ?
            """).Bind((long)from.Lamport);
        var found = new List<(OrderKey Key, PutRow Put, Placement Placement)>();
        while (select.Step())
        {
            var key = new OrderKey((ulong)select.Long(6), select.Id<ChangesetHash>(7), select.Int(8));
            if (key.CompareTo(from) < 0) continue;
            found.Add((key, new PutRow(select.Long(1), select.Flag(5)), new Placement(select.Long(0), select.Long(2), EntryName.Create(select.Blob(3)), select.Long(4), true)));
        }
        return [.. found.OrderBy(put => put.Key).Select(put => (put.Put, put.Placement))];
    }

    private Placement? PlacementBefore(long entry, OrderKey before)
    {
        using var select = db.Prepare("""
            SELECT puts.id, puts.parent, puts.name, puts.document, puts.folder, puts.lamport, changesets.hash, puts.op
            FROM puts JOIN changesets ON changesets.id = puts.changeset WHERE puts.entry = ? AND puts.skipped = 0
            """).Bind(entry);
        Placement? best = null;
        OrderKey bestKey = default;
        while (select.Step())
        {
            var key = new OrderKey((ulong)select.Long(5), select.Id<ChangesetHash>(6), select.Int(7));
            if (key.CompareTo(before) >= 0 || (best is not null && key.CompareTo(bestKey) < 0)) continue;
            best = new Placement(select.Long(0), select.Long(1), EntryName.Create(select.Blob(2)), select.Long(3), select.Flag(4));
            bestKey = key;
        }
        return best;
    }

    /// <summary>A placement that no honest device makes, inside itself, goes to lost+found: a tree it must stay.</summary>
    private Placement Outside(long entry, Placement placement) =>
        WouldBeInside(entry, placement.Parent) ? placement with { Parent = LostAndFound } : placement;

    private bool WouldBeInside(long entry, long parent) => IsInside(entry, parent, []);

    private bool IsInside(long entry, long parent, Dictionary<long, Placement?> overlay)
    {
        for (var above = parent; above > Root;)
        {
            if (above == entry) return true;
            above = overlay.TryGetValue(above, out var placement) ? placement?.Parent ?? LostAndFound : ParentOf(above);
        }
        return false;
    }

    private void Place(long entry, Placement placement) => MoveTogether([(entry, placement)]);

    /// <summary>
    /// Gives entries new places: takes all of them out of the counts of what their folders hold, moves them, counts them in
    /// again. So no walk upwards ever meets a cycle that exists only half-way.
    /// </summary>
    private void MoveTogether(IEnumerable<(long Entry, Placement Placement)> moves)
    {
        var changed = moves.Where(move => PlacedPut(move.Entry) != move.Placement.Put || ParentOf(move.Entry) != move.Placement.Parent).ToList();
        var detached = new HashSet<long>();
        foreach (var (entry, _) in changed)
        {
            TouchSlot(entry);
            if (IsLive(entry)) Count(ParentOf(entry), -1, detached);
            detached.Add(entry);
        }
        foreach (var (entry, placement) in changed)
        {
            db.Prepare("UPDATE entries SET parent = ?, name = ?, document = ?, folder = ?, placed = ? WHERE id = ?")
                .Bind(placement.Parent).Bind(placement.Name.Bytes).Bind(placement.Document).Bind(placement.IsFolder ? 1 : 0).Bind(placement.Put).Bind(entry).Run();
            Touched.Documents.Add(placement.Document);
        }
        foreach (var (entry, placement) in changed)
        {
            detached.Remove(entry);
            if (IsLive(entry)) Count(placement.Parent, +1, detached);
            TouchSlot(entry);
        }
    }

    /// <summary>Adjusts how many live entries a folder holds, and those above it while that changes what is live.</summary>
    private void Count(long folder, int by, HashSet<long> detached)
    {
        while (folder > Root)
        {
            // A folder that is live by itself stays so, whatever it holds: the usual case, in one step.
            db.Prepare("UPDATE entries SET holds = holds + ? WHERE id = ? AND live = 1").Bind(by).Bind(folder).Run();
            if (db.Changes > 0) return;
            var before = State(folder);
            db.Prepare("UPDATE entries SET holds = holds + ? WHERE id = ?").Bind(by).Bind(folder).Run();
            if (before.Holds + by > 0 == before.IsLive) return;
            TouchSlot(folder);
            if (detached.Contains(folder) || before.Parent is null) return;
            folder = before.Parent.Value;
        }
    }

    private void UpdateLive(long entry)
    {
        var before = State(entry);
        if (before.Parent is null) return;
        var own = IsOwnLive(entry);
        if (own == before.Own) return;
        db.Prepare("UPDATE entries SET live = ? WHERE id = ?").Bind(own ? 1 : 0).Bind(entry).Run();
        TouchSlot(entry);
        var isLive = own || before.Holds > 0;
        if (isLive != before.IsLive) Count(before.Parent.Value, isLive ? 1 : -1, []);
    }

    /// <summary>No valid delete after the last put.</summary>
    private bool IsOwnLive(long entry)
    {
        var deletes = DeletesOf(entry).Where(delete => !delete.IsVoid).ToList();
        if (deletes.Count == 0) return true;
        var lastDelete = deletes.Max(delete => chains.Get(delete.Changeset).Key(delete.Op));
        return LastPutOf(entry).CompareTo(lastDelete) > 0;
    }

    private bool MovedConcurrently(long entry, ChangesetRow changeset) =>
        Longs("SELECT DISTINCT changeset FROM puts WHERE entry = ?", entry).Any(other => chains.AreConcurrent(chains.Get(other), changeset));

    private bool RevisedConcurrently(long entry, ChangesetRow changeset)
    {
        using var select = db.Prepare("""
            SELECT DISTINCT revises.changeset FROM entries JOIN revises ON revises.document = entries.document
            WHERE entries.id = ? AND (revises.through IS NULL OR revises.through = entries.id)
            """).Bind(entry);
        var others = new List<long>();
        while (select.Step()) others.Add(select.Long(0));
        return others.Any(other => chains.AreConcurrent(chains.Get(other), changeset));
    }

    private bool ParentIsRescued(DeleteRow row)
    {
        using var select = db.Prepare("SELECT 1 FROM deletes WHERE changeset = ? AND entry = ? AND rescued = 1").Bind(row.Changeset).Bind(row.Parent);
        return select.Step();
    }

    /// <summary>Voids a delete, and what the same changeset deleted inside the folder.</summary>
    private void Rescue(DeleteRow first)
    {
        var stack = new Stack<DeleteRow>([first]);
        while (stack.TryPop(out var delete))
        {
            if (delete.IsRescued) continue;
            MarkVoid(delete, rescued: true);
            if (delete.Entry != first.Entry) UpdateLive(delete.Entry);
            foreach (var inside in Deletes("SELECT id, entry, changeset, op, parent, void, rescued FROM deletes WHERE changeset = ? AND parent = ?", delete.Changeset, delete.Entry))
                stack.Push(inside);
        }
    }

    private void MarkVoid(DeleteRow delete, bool rescued) =>
        db.Prepare("UPDATE deletes SET void = 1, rescued = max(rescued, ?) WHERE id = ?").Bind(rescued ? 1 : 0).Bind(delete.Id).Run();

    private List<DeleteRow> DeletesOf(long entry) => Deletes("SELECT id, entry, changeset, op, parent, void, rescued FROM deletes WHERE entry = ?", entry);

    private List<DeleteRow> Deletes(string sql, params ReadOnlySpan<long> values)
    {
        using var select = db.Prepare(sql);
        foreach (var value in values) select.Bind(value);
        var rows = new List<DeleteRow>();
        while (select.Step())
            rows.Add(new DeleteRow(select.Long(0), select.Long(1), select.Long(2), select.Int(3), select.Long(4), select.Flag(5), select.Flag(6)));
        return rows;
    }

    private List<OrderKey> PutKeysOf(long entry)
    {
        using var select = db.Prepare("SELECT changesets.lamport, changesets.hash, puts.op FROM puts JOIN changesets ON changesets.id = puts.changeset WHERE puts.entry = ?").Bind(entry);
        var keys = new List<OrderKey>();
        while (select.Step()) keys.Add(new OrderKey((ulong)select.Long(0), select.Id<ChangesetHash>(1), select.Int(2)));
        return keys;
    }

    private OrderKey KeyOfPut(long put)
    {
        using var select = db.Prepare("SELECT changesets.lamport, changesets.hash, puts.op FROM puts JOIN changesets ON changesets.id = puts.changeset WHERE puts.id = ?").Bind(put);
        select.Step();
        return new OrderKey((ulong)select.Long(0), select.Id<ChangesetHash>(1), select.Int(2));
    }

    private long? PlacedPut(long entry)
    {
        using var select = db.Prepare("SELECT placed FROM entries WHERE id = ?").Bind(entry);
        return select.Step() ? select.LongOrNull(0) : null;
    }

    private long ParentOf(long entry)
    {
        using var select = db.Prepare("SELECT parent FROM entries WHERE id = ?").Bind(entry);
        return select.Step() ? select.LongOrNull(0) ?? LostAndFound : LostAndFound;
    }

    private (bool Own, long Holds, long? Parent, bool IsLive) State(long entry)
    {
        using var select = db.Prepare("SELECT live, holds, parent FROM entries WHERE id = ?").Bind(entry);
        return select.Step()
            ? (select.Flag(0), select.Long(1), select.LongOrNull(2), select.Flag(0) || select.Long(1) > 0)
            : (false, 0, null, false);
    }

    /// <summary>Touches an entry and those with its name in its folder: their shown names depend on each other.</summary>
    private void TouchSlot(long entry)
    {
        Touched.Entries.Add(entry);
        foreach (var neighbour in Longs(
            "SELECT other.id FROM entries AS own JOIN entries AS other ON other.parent = own.parent AND other.name = own.name WHERE own.id = ?", entry))
            Touched.Entries.Add(neighbour);
    }

    private List<long> Longs(string sql, long value)
    {
        using var select = db.Prepare(sql).Bind(value);
        var values = new List<long>();
        while (select.Step()) values.Add(select.Long(0));
        return values;
    }

    private readonly record struct Placement(long Put, long Parent, EntryName Name, long Document, bool IsFolder);

    private readonly record struct PutRow(long Entry, bool IsSkipped);

    private readonly record struct DeleteRow(long Id, long Entry, long Changeset, int Op, long Parent, bool IsVoid, bool IsRescued);
}
