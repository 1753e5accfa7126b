using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Catalog;

/// <summary>Documents, their revisions and heads, and contents that are not here yet. The caller holds the catalog's gate.</summary>
internal sealed class RevisionTable(Database db)
{
    private readonly RowMemory<DocumentId> memory = new();
    private readonly OwnerTable owners = new(db);

    /// <summary>What its link documents refer to.</summary>
    public DocumentLinkTable Links { get; } = new(db);

    /// <summary>What <see cref="Row"/> reads.</summary>
    public const string Columns =
        "revisions.revision, revisions.document, revisions.changeset, revisions.op, revisions.kind, revisions.mode, revisions.mtime, revisions.time, "
        + "revisions.head, revisions.merge, revisions.size, revisions.depth, revisions.root, revisions.chunking, revisions.id, "
        + "revisions.owner, revisions.owner_group, revisions.target, revisions.device, revisions.xattrs";

    /// <summary>The revision of an id, by an index of the first bytes: ids are hashes that were checked, so nobody makes many that begin with the same.</summary>
    private const string ById = "substr(revision, 1, 8) = substr(?1, 1, 8) AND revision = ?1";

    public long RowOf(DocumentId document)
    {
        if (FindRow(document) is { } row) return row;
        db.Prepare("INSERT INTO documents(document, heads) VALUES(?, 0)").BindId(document).Run();
        return memory.Remember(document, db.LastInsertedRow);
    }

    public long? FindRow(DocumentId document)
    {
        if (memory.RowOf(document) is { } row) return row;
        using var find = db.Prepare("SELECT id FROM documents WHERE document = ?").BindId(document);
        return find.Step() ? memory.Remember(document, find.Long(0)) : null;
    }

    /// <summary>Drops what is remembered outside the database: after a rollback it is not so.</summary>
    public void Forget()
    {
        memory.Forget();
        owners.Forget();
    }

    public DocumentId DocumentOf(long row)
    {
        if (memory.IdOf(row) is { } known) return known;
        using var find = db.Prepare("SELECT document FROM documents WHERE id = ?").Bind(row);
        find.Step();
        return find.Id<DocumentId>(0);
    }

    /// <summary>Adds a revision and brings the document's heads up to date.</summary>
    /// <param name="load">Reads a stored revision; asked only when a document has several heads, one of them a merge.</param>
    /// <returns>Whether the revision was not known yet.</returns>
    public bool Add(ChangesetRow changeset, int op, Revision revision, long document, Func<RevisionRow, Revision> load)
    {
        var state = revision.State;
        long owner = owners.RowOf(state.Owner), group = owners.RowOf(state.Group);
        if (FindRow(revision.Id) is { } known)
        {
            // Two devices may make one merge: each of their changesets brings it.
            db.Prepare("INSERT OR IGNORE INTO repeats VALUES(?, ?)").Bind(known).Bind(changeset.Id).Run();
            return false;
        }
        db.Prepare("""
            INSERT INTO revisions(revision, document, changeset, op, kind, mode, mtime, time, head, merge, size, depth, root, chunking,
            owner, owner_group, target, device, xattrs) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .BindId(revision.Id).Bind(document).Bind(changeset.Id).Bind(op).Bind((long)state.Kind).Bind(state.Mode).Bind(state.Mtime).Bind(revision.Fields.Time)
            .Bind(revision.IsMerge ? 1 : 0).Bind((long)state.Content.Size).Bind(state.Content.Depth).BindId(state.Content.Root).Bind(state.Content.Chunking)
            .Bind(owner).Bind(group).Bind(state.Target.Span.Length).Bind((long)state.DeviceNumber)
            .Bind(state.Xattrs.IsEmpty && state.Annotations.IsEmpty && state.MediaType.Length == 0 ? 0 : 1).Run();
        var row = db.LastInsertedRow;
        Links.Add(row, state);
        if (revision.Parents.IsEmpty && TryShowFirst(document, row)) return true;
        foreach (var parent in revision.Parents)
        {
            if (FindRow(parent) is not { } above) continue;
            db.Prepare("UPDATE revisions SET head = 0 WHERE id = ?").Bind(above).Run();
            db.Prepare("INSERT OR IGNORE INTO parents VALUES(?, ?)").Bind(above).Bind(row).Run();
        }
        UpdateHeads(document, load);
        return true;
    }

    public RevisionRow? Find(RevisionId revision) => First($"SELECT {Columns} FROM revisions WHERE {ById}", s => s.BindId(revision));

    /// <summary>Null: it has not come.</summary>
    public long? FindRow(RevisionId revision)
    {
        using var select = db.Prepare($"SELECT id FROM revisions WHERE {ById}").BindId(revision);
        return select.Step() ? select.Long(0) : null;
    }

    public RevisionRow? Shown(long document) =>
        First($"SELECT {Columns} FROM documents JOIN revisions ON revisions.id = documents.shown WHERE documents.id = ?", s => s.Bind(document));

    /// <summary>Heads, the shown one first.</summary>
    public List<RevisionRow> Heads(long document) =>
        Select($"SELECT {Columns} FROM revisions WHERE document = ? AND head = 1 ORDER BY time DESC, revision DESC", s => s.Bind(document));

    /// <summary>All revisions of a document, newest arrival first.</summary>
    public List<RevisionRow> History(long document) =>
        Select($"SELECT {Columns} FROM revisions WHERE document = ? ORDER BY id DESC", s => s.Bind(document));

    /// <summary>When the first revision of a document that came here was made; null when none has.</summary>
    public long? FirstTime(long document)
    {
        using var select = db.Prepare("SELECT time FROM revisions WHERE document = ? ORDER BY id LIMIT 1").Bind(document);
        return select.Step() ? select.Long(0) : null;
    }

    /// <summary>Documents with several heads.</summary>
    public List<long> Conflicts()
    {
        using var select = db.Prepare("SELECT id FROM documents WHERE heads > 1 ORDER BY id");
        var rows = new List<long>();
        while (select.Step()) rows.Add(select.Long(0));
        return rows;
    }

    /// <summary>Revisions whose id begins with the given hexadecimal digits; at most three.</summary>
    public List<RevisionRow> Starting(HexPrefix prefix) => Select(
        $"SELECT {Columns} FROM revisions WHERE substr(revision, 1, 8) BETWEEN substr(?1, 1, 8) AND substr(?2, 1, 8) AND revision BETWEEN ?1 AND ?2 LIMIT 3", s => s.Bind(prefix.First(RevisionId.Size)).Bind(prefix.Last(RevisionId.Size)));

    /// <summary>Documents whose id begins with the given hexadecimal digits; at most two.</summary>
    public List<DocumentId> DocumentsStarting(HexPrefix prefix)
    {
        using var select = db.Prepare("SELECT document FROM documents WHERE document >= ? AND document <= ? LIMIT 2").Bind(prefix.First(DocumentId.Size)).Bind(prefix.Last(DocumentId.Size));
        var found = new List<DocumentId>();
        while (select.Step()) found.Add(select.Id<DocumentId>(0));
        return found;
    }

    /// <summary>Shows a revision of a document that had none.</summary>
    /// <returns>False: it had one.</returns>
    private bool TryShowFirst(long document, long revision)
    {
        db.Prepare("UPDATE documents SET shown = ?, heads = 1 WHERE id = ? AND heads = 0").Bind(revision).Bind(document).Run();
        return db.Changes > 0;
    }

    /// <param name="revision">One that names it.</param>
    public void AddMissing(Content content, RevisionId revision)
    {
        if (FindRow(revision) is { } row) AddMissing(content, row);
    }

    public void AddMissing(Content content, long revision) =>
        db.Prepare("INSERT OR IGNORE INTO missing VALUES(?, ?, ?, ?, ?)")
            .BindId(content.Root).Bind(revision).Bind((long)content.Size).Bind(content.Depth).Bind(content.Chunking).Run();

    /// <summary>A content is missing by root, depth and size: the same root with a false depth is another one, which nobody has.</summary>
    public void RemoveMissing(Content content) => db.Prepare("DELETE FROM missing WHERE root = ? AND depth = ? AND size = ?")
        .BindId(content.Root).Bind(content.Depth).Bind((long)content.Size).Run();

    /// <summary>
    /// Contents that are not here: those of heads first, then the newest. Of these the oldest come first, as they lie on a disk in the order in which they were made.
    /// </summary>
    /// <param name="withThinned">Those too that the retention rule let go.</param>
    public List<Content> Missing(int limit, bool withThinned)
    {
        const string kept = "WHERE NOT EXISTS(SELECT 1 FROM thinned WHERE thinned.root = missing.root AND thinned.depth = missing.depth AND thinned.size = missing.size)";
        using var select = db.Prepare($"""
            SELECT size, depth, root, chunking FROM (
              SELECT missing.size, missing.depth, missing.root, missing.chunking, missing.revision, revisions.head FROM missing JOIN revisions ON revisions.id = missing.revision
              {(withThinned ? "" : kept)} ORDER BY revisions.head DESC, missing.revision DESC LIMIT ?)
            ORDER BY head DESC, revision
            """).Bind(limit);
        var contents = new List<Content>();
        while (select.Step()) contents.Add(new Content((ulong)select.Long(0), (uint)select.Long(1), select.Id<ChunkId>(2), (uint)select.Long(3)));
        return contents;
    }

    public bool IsMissing(Content content)
    {
        using var select = db.Prepare("SELECT 1 FROM missing WHERE root = ? AND depth = ? AND size = ?").BindId(content.Root).Bind(content.Depth).Bind((long)content.Size);
        return select.Step();
    }

    /// <summary>Contents of heads that are not here, of a live entry and all that is in it.</summary>
    public List<Content> MissingBelow(long entry, int limit)
    {
        using var select = db.Prepare("""
            WITH RECURSIVE below(id) AS (SELECT ? UNION SELECT entries.id FROM below CROSS JOIN entries ON entries.parent = below.id WHERE entries.live = 1)
            SELECT DISTINCT missing.size, missing.depth, missing.root, missing.chunking FROM below CROSS JOIN entries ON entries.id = below.id
            CROSS JOIN revisions ON revisions.document = entries.document AND revisions.head = 1
            CROSS JOIN missing ON missing.root = revisions.root AND missing.depth = revisions.depth AND missing.size = revisions.size
            WHERE entries.live = 1 LIMIT ?
            """).Bind(entry).Bind(limit);
        var contents = new List<Content>();
        while (select.Step()) contents.Add(new Content((ulong)select.Long(0), (uint)select.Long(1), select.Id<ChunkId>(2), (uint)select.Long(3)));
        return contents;
    }

    /// <summary>The document of a revision whose content is missing.</summary>
    public DocumentId? DocumentMissing(ChunkId root)
    {
        using var select = db.Prepare("SELECT revisions.document FROM missing JOIN revisions ON revisions.id = missing.revision WHERE missing.root = ? LIMIT 1").BindId(root);
        return select.Step() ? DocumentOf(select.Long(0)) : null;
    }

    public (long Contents, long Bytes) MissingTotals()
    {
        using var select = db.Prepare("SELECT count(*), coalesce(sum(size), 0) FROM missing");
        select.Step();
        return (select.Long(0), select.Long(1));
    }

    /// <summary>Of what is missing, that which the retention rule let go.</summary>
    public (long Contents, long Bytes) ThinnedTotals()
    {
        using var select = db.Prepare("""
            SELECT count(*), coalesce(sum(missing.size), 0) FROM thinned JOIN missing ON missing.root = thinned.root AND missing.depth = thinned.depth AND missing.size = thinned.size
            """);
        select.Step();
        return (select.Long(0), select.Long(1));
    }

    /// <summary>Whether the retention rule let anything go.</summary>
    public bool HasThinned
    {
        get
        {
            using var select = db.Prepare("SELECT 1 FROM thinned LIMIT 1");
            return select.Step();
        }
    }

    public bool IsThinned(Content content)
    {
        using var select = db.Prepare("SELECT 1 FROM thinned WHERE root = ? AND depth = ? AND size = ?").BindId(content.Root).Bind(content.Depth).Bind((long)content.Size);
        return select.Step();
    }

    /// <summary>Documents that have versions beside the heads, with content.</summary>
    public List<long> WithHistory() => Documents("SELECT DISTINCT document FROM revisions WHERE head = 0 AND size > 0");

    /// <summary>Documents with content that no name leads to any more, but did.</summary>
    public List<long> Lost() => Documents("""
        SELECT DISTINCT entries.document FROM entries WHERE entries.placed IS NOT NULL AND entries.folder = 0 AND entries.live = 0 AND entries.holds = 0
        AND NOT EXISTS(SELECT 1 FROM entries AS others WHERE others.document = entries.document AND (others.live = 1 OR others.holds > 0))
        AND EXISTS(SELECT 1 FROM revisions WHERE revisions.document = entries.document AND revisions.size > 0)
        """);

    /// <summary>The changeset that came last of those that deleted an entry of a document, placed one, or revised the document; null: no entry of it was ever placed.</summary>
    public long? LastTouch(long document)
    {
        using var select = db.Prepare("""
            SELECT max(changeset) FROM (
              SELECT deletes.changeset FROM entries JOIN deletes ON deletes.entry = entries.id WHERE entries.document = ?
              UNION ALL SELECT puts.changeset FROM entries JOIN puts ON puts.entry = entries.id WHERE entries.document = ?
              UNION ALL SELECT revisions.changeset FROM revisions WHERE revisions.document = ?)
            """).Bind(document).Bind(document).Bind(document);
        return select.Step() ? select.LongOrNull(0) : null;
    }

    /// <summary>Contents of all heads, of what has no name any more too.</summary>
    public List<Content> HeadContents()
    {
        using var select = db.Prepare("SELECT DISTINCT size, depth, root, chunking FROM revisions WHERE head = 1 AND size > 0");
        var contents = new List<Content>();
        while (select.Step()) contents.Add(new Content((ulong)select.Long(0), (uint)select.Long(1), select.Id<ChunkId>(2), (uint)select.Long(3)));
        return contents;
    }

    /// <summary>All contents with what they are needed for: 2: a head of what has a name, 1: another version of it, 0: only what has none.</summary>
    public List<(Content Content, int Use)> ContentsByUse()
    {
        using var select = db.Prepare("""
            SELECT size, depth, root, chunking, max(CASE WHEN EXISTS(SELECT 1 FROM entries WHERE entries.document = revisions.document AND (live = 1 OR holds > 0)) THEN 1 + head ELSE 0 END)
            FROM revisions WHERE size > 0 GROUP BY root, depth, size
            """);
        var contents = new List<(Content, int)>();
        while (select.Step()) contents.Add((new Content((ulong)select.Long(0), (uint)select.Long(1), select.Id<ChunkId>(2), (uint)select.Long(3)), select.Int(4)));
        return contents;
    }

    private List<long> Documents(string sql)
    {
        using var select = db.Prepare(sql);
        var rows = new List<long>();
        while (select.Step()) rows.Add(select.Long(0));
        return rows;
    }

    /// <summary>All contents that revisions name, each with a revision and its document.</summary>
    public List<(Content Content, long Revision, long Document)> AllContents()
    {
        using var select = db.Prepare("SELECT size, depth, root, chunking, min(id), document FROM revisions WHERE size > 0 GROUP BY root, depth, size");
        var contents = new List<(Content, long, long)>();
        while (select.Step())
            contents.Add((new Content((ulong)select.Long(0), (uint)select.Long(1), select.Id<ChunkId>(2), (uint)select.Long(3)), select.Long(4), select.Long(5)));
        return contents;
    }

    /// <summary>Contents that revisions after a row name, each once for every document, with the first revision that does.</summary>
    public List<(Content Content, long Revision, long Document)> ContentsAfter(long row)
    {
        using var select = db.Prepare("SELECT size, depth, root, chunking, min(id), document FROM revisions WHERE size > 0 AND id > ? GROUP BY root, depth, size, document").Bind(row);
        var contents = new List<(Content, long, long)>();
        while (select.Step())
            contents.Add((new Content((ulong)select.Long(0), (uint)select.Long(1), select.Id<ChunkId>(2), (uint)select.Long(3)), select.Long(4), select.Long(5)));
        return contents;
    }

    /// <summary>Contents of heads that live entries show and that are wholly here, of the revisions in a run of rows.</summary>
    public List<(long Revision, Content Content)> Held(long after, long until)
    {
        using var select = db.Prepare("""
            SELECT id, size, depth, root, chunking FROM revisions WHERE id > ? AND id <= ? AND head = 1 AND size > 0
            AND EXISTS(SELECT 1 FROM entries WHERE entries.document = revisions.document AND entries.live = 1)
            AND NOT EXISTS(SELECT 1 FROM missing WHERE missing.root = revisions.root AND missing.depth = revisions.depth AND missing.size = revisions.size)
            """).Bind(after).Bind(until);
        var contents = new List<(long, Content)>();
        while (select.Step()) contents.Add((select.Long(0), new Content((ulong)select.Long(1), (uint)select.Long(2), select.Id<ChunkId>(3), (uint)select.Long(4))));
        return contents;
    }

    /// <summary>The row of the revision that came last; 0: there is none.</summary>
    public long LastRow
    {
        get
        {
            using var select = db.Prepare("SELECT coalesce(max(id), 0) FROM revisions");
            select.Step();
            return select.Long(0);
        }
    }

    private void UpdateHeads(long document, Func<RevisionRow, Revision> load)
    {
        var heads = Heads(document);
        if (heads.Count > 1 && heads.Any(head => head.IsMerge)) heads = DropCoveredMerges(document, heads, load);
        db.Prepare("UPDATE documents SET shown = ?, heads = ? WHERE id = ?").Bind(heads[0].Row).Bind(heads.Count).Bind(document).Run();
    }

    private List<RevisionRow> DropCoveredMerges(long document, List<RevisionRow> heads, Func<RevisionRow, Revision> load)
    {
        var nodes = History(document).ToDictionary(row => row.Id, row => new RevisionNode(load(row).Parents, row.IsMerge, row.Time));
        var kept = HeadSet.Of(nodes).Heads;
        foreach (var head in heads.Where(head => !kept.Contains(head.Id)))
            db.Prepare("UPDATE revisions SET head = 0 WHERE id = ?").Bind(head.Row).Run();
        return [.. heads.Where(head => kept.Contains(head.Id))];
    }

    private RevisionRow? First(string sql, Func<Statement, Statement> bind)
    {
        using var select = bind(db.Prepare(sql));
        return select.Step() ? Row(select) : null;
    }

    private List<RevisionRow> Select(string sql, Func<Statement, Statement> bind)
    {
        using var select = bind(db.Prepare(sql));
        var rows = new List<RevisionRow>();
        while (select.Step()) rows.Add(Row(select));
        return rows;
    }

    public RevisionRow Row(Statement row, int at = 0) => new(
        row.Id<RevisionId>(at), row.Long(at + 1), row.Long(at + 2), row.Int(at + 3), (DocumentKind)row.Int(at + 4), (uint)row.Long(at + 5), row.Long(at + 6), row.Long(at + 7),
        row.Flag(at + 8), row.Flag(at + 9),
        new Content((ulong)row.Long(at + 10), (uint)row.Long(at + 11), row.Long(at + 10) == 0 ? default : row.Id<ChunkId>(at + 12), (uint)row.Long(at + 13)),
        row.Long(at + 14), owners.Get(row.Long(at + 15)), owners.Get(row.Long(at + 16)), row.Int(at + 17), (ulong)row.Long(at + 18), row.Flag(at + 19));
}
