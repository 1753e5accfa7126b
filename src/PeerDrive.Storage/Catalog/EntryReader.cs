using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Catalog;

/// <summary>Queries of the tree. The caller holds the catalog's gate.</summary>
internal sealed class EntryReader(Database db, RevisionTable revisions)
{
    private const string Columns =
        "entries.id, entries.entry, entries.parent, parents.entry, entries.name, entries.folder, entries.live, entries.holds, entries.placed, "
        + "documents.document, documents.heads, documents.shown, " + RevisionTable.Columns;

    private const string From = """
         FROM entries JOIN documents ON documents.id = entries.document LEFT JOIN revisions ON revisions.id = documents.shown
         LEFT JOIN entries AS parents ON parents.id = entries.parent
        """;

    public EntryRow? Find(EntryId entry) => First($"SELECT {Columns}{From} WHERE entries.entry = ?", s => s.BindId(entry));

    public EntryRow? Find(long row) => First($"SELECT {Columns}{From} WHERE entries.id = ?", s => s.Bind(row));

    /// <summary>Entries that were ever placed, live or not, by row, after one.</summary>
    public List<EntryRow> After(long row, int limit) =>
        Select($"SELECT {Columns}{From} WHERE entries.id > ? AND entries.placed IS NOT NULL ORDER BY entries.id LIMIT ?", s => s.Bind(row).Bind(limit));

    /// <summary>Number of entries that were ever placed.</summary>
    public long CountPlaced()
    {
        using var count = db.Prepare("SELECT count(*) FROM entries WHERE placed IS NOT NULL");
        count.Step();
        return count.Long(0);
    }

    /// <summary>Live entries of a folder, in the order of their own names' bytes; those of one name in no order.</summary>
    public List<EntryRow> Live(long folder) =>
        Select($"SELECT {Columns}{From} WHERE entries.parent = ? AND (entries.live = 1 OR entries.holds > 0) ORDER BY entries.name", s => s.Bind(folder));

    /// <summary>Live entries of a folder from an own name on, in the order of those names' bytes, as far as they are asked for.</summary>
    public IEnumerable<EntryRow> LiveFrom(long folder, EntryName name)
    {
        using var select = db.Prepare($"SELECT {Columns}{From} WHERE entries.parent = ? AND entries.name >= ? AND (entries.live = 1 OR entries.holds > 0) ORDER BY entries.name")
            .Bind(folder).Bind(name.Bytes);
        while (select.Step()) yield return Row(select);
    }

    /// <summary>Live entries of a folder and their own names, in the order of these names' bytes, and nothing else of them.</summary>
    public IEnumerable<(EntryId Id, EntryName Name)> LiveNames(long folder)
    {
        using var select = db.Prepare("SELECT entry, name FROM entries WHERE parent = ? AND (live = 1 OR holds > 0) ORDER BY name").Bind(folder);
        while (select.Step()) yield return (select.Id<EntryId>(0), EntryName.Create(select.Blob(1)));
    }

    /// <summary>Live entries of a folder that share their name with another, which may be deleted. Names are counted in the index alone.</summary>
    public List<EntryRow> Doubles(long folder) => Select(
        $"""
        SELECT {Columns}{From} WHERE entries.parent = ? AND (entries.live = 1 OR entries.holds > 0) AND entries.name IN (
          SELECT name FROM entries WHERE parent = ? GROUP BY name HAVING count(*) > 1)
        """, s => s.Bind(folder).Bind(folder));

    /// <summary>The changeset that put an entry where it is; 0: none.</summary>
    public long PlacedBy(EntryRow entry)
    {
        using var select = db.Prepare("SELECT changeset FROM puts WHERE id = ?").Bind(entry.Placed);
        return select.Step() ? select.Long(0) : 0;
    }

    /// <summary>Number of live entries of a document.</summary>
    public int CountOf(long document)
    {
        using var count = db.Prepare("SELECT count(*) FROM entries WHERE document = ? AND (live = 1 OR holds > 0)").Bind(document);
        count.Step();
        return count.Int(0);
    }

    /// <summary>Live folders in a folder.</summary>
    public int CountFolders(long folder)
    {
        using var count = db.Prepare("SELECT count(*) FROM entries WHERE parent = ? AND folder = 1 AND (live = 1 OR holds > 0)").Bind(folder);
        count.Step();
        return (int)count.Long(0);
    }

    /// <summary>How many live entries of a folder have a name.</summary>
    public int CountLive(long folder, EntryName name)
    {
        using var count = db.Prepare("SELECT count(*) FROM entries WHERE parent = ? AND name = ? AND (live = 1 OR holds > 0)").Bind(folder).Bind(name.Bytes);
        count.Step();
        return count.Int(0);
    }

    public List<EntryRow> Live(long folder, EntryName name) =>
        Select($"SELECT {Columns}{From} WHERE entries.parent = ? AND entries.name = ? AND (entries.live = 1 OR entries.holds > 0)", s => s.Bind(folder).Bind(name.Bytes));

    /// <summary>Live entries whose folder is unknown, or is none.</summary>
    public List<EntryRow> Lost() => Select(
        $"SELECT {Columns}{From} WHERE (entries.live = 1 OR entries.holds > 0) AND (entries.parent = -1 OR (entries.parent > 0 AND (parents.placed IS NULL OR parents.folder = 0)))", s => s);

    /// <summary>Deleted entries, the last placed first.</summary>
    public List<EntryRow> Trash(int limit) => Select(
        $"SELECT {Columns}{From} WHERE entries.live = 0 AND entries.holds = 0 AND entries.placed IS NOT NULL ORDER BY entries.placed DESC LIMIT ?", s => s.Bind(limit));

    /// <summary>Deleted entries whose folder is not deleted itself, the last placed first.</summary>
    public List<EntryRow> TrashTops(int limit) => Select(
        $"""
        SELECT {Columns}{From} WHERE entries.live = 0 AND entries.holds = 0 AND entries.placed IS NOT NULL
          AND (entries.parent <= 0 OR parents.placed IS NULL OR parents.live = 1 OR parents.holds > 0) ORDER BY entries.placed DESC LIMIT ?
        """, s => s.Bind(limit));

    /// <summary>Deleted entries of a folder by name.</summary>
    public List<EntryRow> Deleted(long folder) => Select(
        $"SELECT {Columns}{From} WHERE entries.parent = ? AND entries.live = 0 AND entries.holds = 0 AND entries.placed IS NOT NULL ORDER BY entries.name, entries.entry", s => s.Bind(folder));

    /// <summary>Deleted entries of a folder that have a name.</summary>
    public List<EntryRow> Deleted(long folder, EntryName name) => Select(
        $"SELECT {Columns}{From} WHERE entries.parent = ? AND entries.name = ? AND entries.live = 0 AND entries.holds = 0 AND entries.placed IS NOT NULL",
        s => s.Bind(folder).Bind(name.Bytes));

    /// <summary>Entries whose id begins with hexadecimal digits; at most two.</summary>
    public List<EntryRow> Starting(HexPrefix prefix) => Select(
        $"SELECT {Columns}{From} WHERE entries.entry >= ? AND entries.entry <= ? AND entries.placed IS NOT NULL LIMIT 2",
        s => s.Bind(prefix.First(EntryId.Size)).Bind(prefix.Last(EntryId.Size)));

    /// <summary>When the last delete of an entry was made, nanoseconds since 1970; null: none that counts.</summary>
    public long? DeleteTime(EntryId entry)
    {
        using var select = db.Prepare("""
            SELECT changesets.time FROM entries JOIN deletes ON deletes.entry = entries.id JOIN changesets ON changesets.id = deletes.changeset
            WHERE entries.entry = ? AND deletes.void = 0 ORDER BY changesets.lamport DESC, changesets.hash DESC LIMIT 1
            """).BindId(entry);
        return select.Step() ? select.Long(0) : null;
    }

    /// <summary>When an entry was put where it is, nanoseconds since 1970; null: it never was.</summary>
    public long? PlaceTime(EntryId entry)
    {
        using var select = db.Prepare("SELECT changesets.time FROM entries JOIN puts ON puts.id = entries.placed JOIN changesets ON changesets.id = puts.changeset WHERE entries.entry = ?").BindId(entry);
        return select.Step() ? select.Long(0) : null;
    }

    public List<EntryRow> OfDocument(long document) => Select($"SELECT {Columns}{From} WHERE entries.document = ?", s => s.Bind(document));

    public (long Files, long Folders, long Bytes) Totals()
    {
        using var select = db.Prepare("""
            SELECT coalesce(sum(entries.folder = 0), 0), coalesce(sum(entries.folder = 1), 0), coalesce(sum(revisions.size), 0)
            FROM entries JOIN documents ON documents.id = entries.document LEFT JOIN revisions ON revisions.id = documents.shown
            WHERE entries.live = 1 OR entries.holds > 0
            """);
        select.Step();
        return (select.Long(0), select.Long(1), select.Long(2));
    }

    /// <summary>Device whose changeset put an entry where it is, and the put's place in the order of operations.</summary>
    public (DeviceId Device, ulong Lamport, ChangesetHash Hash, int Op) PutOf(long put)
    {
        using var select = db.Prepare("""
            SELECT chains.device, changesets.lamport, changesets.hash, puts.op FROM puts JOIN changesets ON changesets.id = puts.changeset
            JOIN chains ON chains.id = changesets.chain WHERE puts.id = ?
            """).Bind(put);
        select.Step();
        return (select.Id<DeviceId>(0), (ulong)select.Long(1), select.Id<ChangesetHash>(2), select.Int(3));
    }

    private EntryRow? First(string sql, Func<Statement, Statement> bind)
    {
        using var select = bind(db.Prepare(sql));
        return select.Step() ? Row(select) : null;
    }

    private List<EntryRow> Select(string sql, Func<Statement, Statement> bind)
    {
        using var select = bind(db.Prepare(sql));
        var rows = new List<EntryRow>();
        while (select.Step()) rows.Add(Row(select));
        return rows;
    }

    private EntryRow Row(Statement row)
    {
        var parent = row.Long(2);
        return new EntryRow(
            row.Long(0), row.Id<EntryId>(1), parent,
            parent == TreeTable.Root ? EntryId.Root : row.IsNull(3) ? EntryId.LostAndFound : row.Id<EntryId>(3),
            EntryName.Create(row.Blob(4)), row.Flag(5), row.Flag(6) || row.Long(7) > 0, row.Long(8), row.Id<DocumentId>(9), row.Int(10),
            row.IsNull(11) ? null : revisions.Row(row, 12));
    }
}
