using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;

namespace PeerDrive.Storage.Volumes;

/// <summary>The tree and the history as they are now. Thread-safe; each call sees one committed state, inside an edit the edit's.</summary>
public sealed class VolumeReader
{
    private readonly CatalogSnapshots catalogs;
    private readonly SuffixedNames suffixed;
    private Counted? counted;

    internal VolumeReader(CatalogSnapshots catalogs, Func<DeviceId, string> deviceName)
    {
        this.catalogs = catalogs;
        suffixed = new SuffixedNames(deviceName);
    }

    /// <summary>Stays the same while nothing is committed. Not inside an edit, which changes what it sees.</summary>
    public CatalogVersion Version
    {
        get
        {
            using var scope = catalogs.Enter();
            return scope.Catalog.Version;
        }
    }

    /// <summary>An entry, live or not; null when nobody ever placed it.</summary>
    public EntryView? Get(EntryId entry)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Entries.Find(entry) is { } row ? View(row, ShownName(catalog, scope.IsCommitted, row)) : null;
    }

    /// <exception cref="PeerDriveException">NotFound.</exception>
    public EntryView Require(EntryId entry) => Get(entry) ?? throw new PeerDriveException(ErrorKind.NotFound, "There is no such entry.");

    /// <summary>Live entries of a folder by shown name's bytes.</summary>
    public IReadOnlyList<EntryView> List(EntryId folder)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        if (folder == EntryId.LostAndFound) return [.. catalog.Entries.Lost().Select(entry => View(entry, entry.Name))];
        if (catalog.Tree.FindRow(folder) is not { } row) return [];
        var rows = catalog.Entries.Live(row);
        var views = new EntryView[rows.Count];
        var hasDoubles = false;
        for (var i = 0; i < views.Length; i++)
        {
            hasDoubles |= i > 0 && rows[i].Name == rows[i - 1].Name;
            views[i] = View(rows[i], rows[i].Name);
        }
        if (!hasDoubles) return views;
        var names = suffixed.Of(catalog, scope.IsCommitted, row);
        return [.. rows.Select(entry => View(entry, names.NameOf(entry))).OrderBy(entry => entry.ShownName)];
    }

    /// <summary>
    /// One page of a folder's live entries by shown name's bytes. Each page is of the state at its call, and costs by its own length. An entry
    /// that is in the folder all the while under one shown name comes exactly once in the pages from the first to the last, whatever else comes and goes.
    /// </summary>
    /// <param name="after">The last shown name of the page before; null for the first page. It need not be there any more.</param>
    /// <returns>At most <paramref name="limit"/> entries; fewer only at the end. Of lost+found all are one page.</returns>
    public IReadOnlyList<EntryView> List(EntryId folder, EntryName? after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        if (folder == EntryId.LostAndFound) return after is null ? List(folder) : [];
        if (catalog.Tree.FindRow(folder) is not { } row) return [];
        var names = suffixed.Of(catalog, scope.IsCommitted, row);
        var nextSuffixed = after is { } last ? names.After(last) : 0;
        var page = new List<EntryView>();
        foreach (var entry in catalog.Entries.LiveFrom(row, after ?? default))
        {
            if (entry.Name == after || names.ByEntry.ContainsKey(entry.Id)) continue;
            AddSuffixed(entry.Name);
            if (page.Count >= limit) break;
            page.Add(View(entry, entry.Name));
        }
        AddSuffixed(null);
        return page;

        void AddSuffixed(EntryName? before)
        {
            for (; nextSuffixed < names.InOrder.Count && page.Count < limit; nextSuffixed++)
            {
                var (name, entry) = names.InOrder[nextSuffixed];
                if (before is { } end && name.CompareTo(end) > 0) return;
                page.Add(View(catalog.Entries.Find(entry)!, name));
            }
        }
    }

    /// <summary>How pages of a folder's live entries lie, for who leaps to one: what <see cref="List(EntryId, EntryName?, int)"/> begins after. Costs by the whole folder, but by names only.</summary>
    /// <param name="every">Entries of a page.</param>
    /// <returns>Number of entries, and the last shown name of each full page.</returns>
    public (long Count, IReadOnlyList<EntryName> Ends) Outline(EntryId folder, int every)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        if (folder == EntryId.LostAndFound) return (List(folder).Count, []);
        if (catalog.Tree.FindRow(folder) is not { } row) return (0, []);
        var names = suffixed.Of(catalog, scope.IsCommitted, row);
        var (count, nextSuffixed, ends) = (0L, 0, new List<EntryName>());
        foreach (var (entry, name) in catalog.Entries.LiveNames(row))
        {
            if (names.ByEntry.ContainsKey(entry)) continue;
            while (nextSuffixed < names.InOrder.Count && names.InOrder[nextSuffixed].Name.CompareTo(name) <= 0) Count(names.InOrder[nextSuffixed++].Name);
            Count(name);
        }
        while (nextSuffixed < names.InOrder.Count) Count(names.InOrder[nextSuffixed++].Name);
        return (count, ends);

        void Count(EntryName name)
        {
            if (++count % every == 0) ends.Add(name);
        }
    }

    /// <summary>The live entry that a folder shows under a name; null when there is none.</summary>
    public EntryView? Find(EntryId folder, EntryName name)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        if (catalog.Tree.FindRow(folder) is not { } row) return null;
        var named = catalog.Entries.Live(row, name);
        if (named.Count == 1) return View(named[0], name);
        if (named.Count > 1) return View(SuffixedNames.InOrder(catalog, named)[0], name);
        // Only a suffixed name has this mark; it is looked for among those.
        if (!MayBeSuffixed(name)) return null;
        foreach (var (shown, entry) in suffixed.Of(catalog, scope.IsCommitted, row).InOrder)
        {
            if (shown == name) return View(catalog.Entries.Find(entry)!, shown);
        }
        return null;
    }

    /// <summary>Number of live entries that refer to a document: its hard links.</summary>
    public int LinkCount(DocumentId document)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Revisions.FindRow(document) is { } row ? catalog.Entries.CountOf(row) : 0;
    }

    /// <summary>Live folders in a folder.</summary>
    public int CountFolders(EntryId folder)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Tree.FindRow(folder) is { } row ? catalog.Entries.CountFolders(row) : 0;
    }

    /// <summary>Whether a document has been heard of.</summary>
    public bool Knows(DocumentId document)
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Revisions.FindRow(document) is not null;
    }

    /// <summary>Whether a folder shows an entry under a name.</summary>
    internal bool Has(EntryId folder, EntryName name)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        if (catalog.Tree.FindRow(folder) is not { } row) return false;
        return catalog.Entries.CountLive(row, name) > 0 || (MayBeSuffixed(name) && Find(folder, name) is not null);
    }

    /// <summary>The live entry at a path of names separated by slashes; null for the root and when there is none.</summary>
    /// <param name="found">Whether the path leads somewhere: to an entry, or to the root.</param>
    public EntryView? Resolve(ReadOnlySpan<byte> path, out bool found)
    {
        EntryView? at = null;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            at = EntryName.IsValid(part) ? Find(at?.Id ?? EntryId.Root, EntryName.Create(part)) : null;
            if (at is not null) continue;
            found = false;
            return null;
        }
        found = true;
        return at;
    }

    /// <summary>An entry's path for people, beginning with a slash; of a deleted one, where it was.</summary>
    public string PathOf(EntryId entry)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        var names = new Stack<string>();
        for (var at = entry; at != EntryId.Root && names.Count < 10_000;)
        {
            if (at == EntryId.LostAndFound || Get(at) is not { } view)
            {
                names.Push("lost+found");
                break;
            }
            names.Push((view.IsLive ? view.ShownName : view.Name).ToString());
            at = view.Parent;
        }
        return "/" + string.Join('/', names);
    }

    /// <summary>All live entries that refer to a document.</summary>
    public IReadOnlyList<EntryView> EntriesOf(DocumentId document)
    {
        using var scope = catalogs.Enter();
        var isCommitted = scope.IsCommitted;
        var catalog = scope.Catalog;
        return catalog.Revisions.FindRow(document) is { } row
            ? [.. catalog.Entries.OfDocument(row).Where(entry => entry.IsLive).Select(entry => View(entry, ShownName(catalog, isCommitted, entry)))]
            : [];
    }

    /// <summary>All entries that refer to a document, deleted ones too, the live ones first.</summary>
    public IReadOnlyList<EntryView> PlacesOf(DocumentId document)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Revisions.FindRow(document) is { } row ? [.. catalog.Entries.OfDocument(row).OrderByDescending(entry => entry.IsLive).Select(entry => View(entry, entry.Name))] : [];
    }

    /// <summary>Live entries of the link documents that refer to a document, or to a revision of it.</summary>
    /// <param name="volume">Where the document is; null: in this volume.</param>
    public IReadOnlyList<EntryView> LinksTo(VolumeId? volume, DocumentId document)
    {
        using var scope = catalogs.Enter();
        var isCommitted = scope.IsCommitted;
        var catalog = scope.Catalog;
        return
        [
            .. catalog.Revisions.Links.To(volume, document, volume is null ? catalog.Revisions.FindRow(document) : null).SelectMany(catalog.Entries.OfDocument)
                .Where(entry => entry.IsLive).Select(entry => View(entry, ShownName(catalog, isCommitted, entry))),
        ];
    }

    /// <summary>The document of a revision; null when it is unknown.</summary>
    public DocumentId? DocumentOf(RevisionId revision)
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Revisions.Find(revision) is { } row ? scope.Catalog.Revisions.DocumentOf(row.Document) : null;
    }

    /// <summary>Deleted entries, the last placed first.</summary>
    public IReadOnlyList<EntryView> Trash(int limit)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return [.. catalog.Entries.Trash(limit).Select(entry => View(entry, entry.Name))];
    }

    /// <summary>Which of some documents have several heads.</summary>
    public IReadOnlyList<DocumentId> ConflictsAmong(IReadOnlyCollection<DocumentId> documents)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        var conflicts = catalog.Revisions.Conflicts();
        return conflicts.Count == 0 ? [] : [.. conflicts.Select(catalog.Revisions.DocumentOf).Where(documents.Contains)];
    }

    /// <summary>Merges that were computed again and came out otherwise.</summary>
    public IReadOnlyList<WrongMerge> WrongMerges()
    {
        using var scope = catalogs.Enter();
        using var select = scope.Catalog.Db.Prepare("""
            SELECT revisions.revision, documents.document, chains.device FROM verdicts
            JOIN revisions ON substr(revisions.revision, 1, 8) = substr(verdicts.revision, 1, 8) AND revisions.revision = verdicts.revision
            JOIN documents ON documents.id = revisions.document JOIN changesets ON changesets.id = revisions.changeset
            JOIN chains ON chains.id = changesets.chain WHERE verdicts.is_right = 0 ORDER BY revisions.id
            """);
        var found = new List<WrongMerge>();
        while (select.Step()) found.Add(new WrongMerge(select.Id<RevisionId>(0), select.Id<DocumentId>(1), select.Id<DeviceId>(2)));
        return found;
    }

    /// <summary>Merges that nobody has judged, of those that came after a place in the catalog, which is moved on.</summary>
    internal List<RevisionId> MergesWithoutVerdict(ref long last)
    {
        using var scope = catalogs.Enter();
        using var select = scope.Catalog.Db.Prepare("""
            SELECT id, revision FROM revisions WHERE id > ? AND merge = 1 AND NOT EXISTS (SELECT 1 FROM verdicts WHERE verdicts.revision = revisions.revision) ORDER BY id
            """).Bind(last);
        var found = new List<RevisionId>();
        while (select.Step()) found.Add(select.Id<RevisionId>(1));
        using var end = scope.Catalog.Db.Prepare("SELECT coalesce(max(id), 0) FROM revisions");
        if (end.Step()) last = end.Long(0);
        return found;
    }

    /// <summary>Devices that made two changesets of one number; both branches of their logs are kept.</summary>
    public IReadOnlySet<DeviceId> ForkedDevices()
    {
        using var scope = catalogs.Enter();
        using var select = scope.Catalog.Db.Prepare("SELECT DISTINCT device FROM chains WHERE author IN (SELECT author FROM chains GROUP BY author HAVING count(*) > 1)");
        var found = new HashSet<DeviceId>();
        while (select.Step()) found.Add(select.Id<DeviceId>(0));
        return found;
    }

    /// <summary>Deleted entries below a deleted folder that the same act deleted, each after the folder it was in.</summary>
    public IReadOnlyList<EntryView> DeletedWith(EntryId folder)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Tree.FindRow(folder) is { } row
            ? [.. new DeleteActs(catalog.Db, catalog.Tree).DeletedWith(row).Select(catalog.Entries.Find).OfType<EntryRow>().Select(entry => View(entry, entry.Name))]
            : [];
    }

    /// <summary>A document's heads, the shown one first.</summary>
    public IReadOnlyList<RevisionView> Heads(DocumentId document)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Revisions.FindRow(document) is { } row ? [.. catalog.Revisions.Heads(row).Select(View)] : [];
    }

    /// <summary>All revisions of a document, the last to arrive first.</summary>
    public IReadOnlyList<RevisionView> History(DocumentId document)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Revisions.FindRow(document) is { } row ? [.. catalog.Revisions.History(row).Select(View)] : [];
    }

    /// <summary>Live entries whose documents have several heads.</summary>
    public IReadOnlyList<EntryView> Conflicts()
    {
        using var scope = catalogs.Enter();
        var isCommitted = scope.IsCommitted;
        var catalog = scope.Catalog;
        return [.. catalog.Revisions.Conflicts().SelectMany(catalog.Entries.OfDocument).Where(entry => entry.IsLive).Select(entry => View(entry, ShownName(catalog, isCommitted, entry)))];
    }

    /// <summary>A whole revision; null when it is unknown.</summary>
    public Revision? Revision(RevisionId id)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Revisions.Find(id) is { } row ? catalog.Load(row) : null;
    }

    /// <summary>The state that a document shows.</summary>
    /// <exception cref="PeerDriveException">NotFound: no revision of it has come yet.</exception>
    public RevisionState ShownState(EntryView entry) =>
        entry.Shown is { } shown && Revision(shown.Id) is { } revision ? revision.State : throw new PeerDriveException(ErrorKind.NotFound, $"Nothing is known yet of '{entry.ShownName}' but its name.");

    /// <summary>Revisions whose id begins with hexadecimal digits; at most three.</summary>
    public IReadOnlyList<RevisionView> RevisionsStarting(string hex)
    {
        using var scope = catalogs.Enter();
        return HexPrefix.Parse(hex) is { } prefix ? [.. scope.Catalog.Revisions.Starting(prefix).Select(View)] : [];
    }

    /// <summary>Documents whose id begins with hexadecimal digits; at most two.</summary>
    public IReadOnlyList<DocumentId> DocumentsStarting(string hex)
    {
        using var scope = catalogs.Enter();
        return HexPrefix.Parse(hex) is { } prefix ? scope.Catalog.Revisions.DocumentsStarting(prefix) : [];
    }

    /// <summary>Changesets whose hash begins with hexadecimal digits; at most two.</summary>
    public IReadOnlyList<ChangesetHash> ChangesetsStarting(string hex)
    {
        using var scope = catalogs.Enter();
        return HexPrefix.Parse(hex) is { } prefix ? scope.Catalog.Chains.Starting(prefix) : [];
    }

    /// <summary>Entries, live or not, whose id begins with hexadecimal digits; at most two.</summary>
    public IReadOnlyList<EntryView> EntriesStarting(string hex)
    {
        using var scope = catalogs.Enter();
        var isCommitted = scope.IsCommitted;
        var catalog = scope.Catalog;
        return HexPrefix.Parse(hex) is { } prefix ? [.. catalog.Entries.Starting(prefix).Select(entry => View(entry, ShownName(catalog, isCommitted, entry)))] : [];
    }

    /// <summary>What can be told of a revision without reading the log; null when it is unknown.</summary>
    public RevisionView? FindRevision(RevisionId id)
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Revisions.Find(id) is { } row ? View(row) : null;
    }

    /// <summary>Whether an entry got the place that it has with a revision or after it, in the order in which they arrived here.</summary>
    public bool IsPlacedSince(EntryId entry, RevisionId revision)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Entries.Find(entry) is { } row && catalog.Revisions.Find(revision) is { } known && catalog.Entries.PlacedBy(row) >= known.Changeset;
    }

    /// <summary>Deleted entries that are in no deleted folder, the last placed first.</summary>
    public IReadOnlyList<EntryView> TrashTops(int limit)
    {
        using var scope = catalogs.Enter();
        return [.. scope.Catalog.Entries.TrashTops(limit).Select(entry => View(entry, entry.Name))];
    }

    /// <summary>Deleted entries that were last in a folder, by name's bytes, then by id.</summary>
    public IReadOnlyList<EntryView> DeletedIn(EntryId folder)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Tree.FindRow(folder) is { } row ? [.. catalog.Entries.Deleted(row).Select(entry => View(entry, entry.Name))] : [];
    }

    /// <summary>Deleted entries that were last in a folder under a name.</summary>
    public IReadOnlyList<EntryView> DeletedIn(EntryId folder, EntryName name)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        return catalog.Tree.FindRow(folder) is { } row ? [.. catalog.Entries.Deleted(row, name).Select(entry => View(entry, entry.Name))] : [];
    }

    /// <summary>The device that made a revision; null for a merge, which nobody makes, and for what is unknown.</summary>
    public DeviceId? MakerOf(RevisionId revision)
    {
        using var scope = catalogs.Enter();
        var chains = scope.Catalog.Chains;
        return scope.Catalog.Revisions.Find(revision) is { IsMerge: false } row ? chains.Chain(chains.Get(row.Changeset).Chain).Device : null;
    }

    /// <summary>When a deleted entry was deleted, by the clock of the device that did it, nanoseconds since 1970; null when nobody did.</summary>
    public long? DeleteTime(EntryId entry)
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Entries.DeleteTime(entry);
    }

    /// <summary>When an entry was put where it is, by the clock of the device that did it, nanoseconds since 1970; null: nobody ever placed it.</summary>
    public long? PlacedTime(EntryId entry)
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Entries.PlaceTime(entry);
    }

    /// <summary>Times of the last changesets of each device by its own clock, nanoseconds since 1970, each once and the latest first.</summary>
    public IReadOnlyList<long> LastTimes(int limit)
    {
        using var scope = catalogs.Enter();
        var chains = scope.Catalog.Chains;
        return [.. chains.All().SelectMany(chain => chains.LastTimes(chain.Id, limit)).Distinct().OrderDescending().Take(limit)];
    }

    /// <summary>A run of the contents that are wholly here and that somebody sees: those of heads of what is not deleted.</summary>
    /// <param name="after">The last row of the run before; 0 for the first.</param>
    public HeldContents HeldAfter(long after, int rows)
    {
        using var scope = catalogs.Enter();
        var last = scope.Catalog.Revisions.LastRow;
        var until = Math.Min(last, after + rows);
        return new HeldContents(scope.Catalog.Generation, scope.Catalog.Revisions.Held(after, until), until, until == last);
    }

    /// <summary>Whether a content that <see cref="HeldAfter"/> gave still is what it was.</summary>
    public bool StillHolds(long generation, long revision)
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Generation == generation && scope.Catalog.Revisions.Held(revision - 1, revision).Count > 0;
    }

    /// <summary>Counts of what is live; counted anew only after a commit.</summary>
    public (long Files, long Folders, long Bytes) Totals()
    {
        using var scope = catalogs.Enter();
        var version = scope.Catalog.Version;
        if (scope.IsCommitted && Volatile.Read(ref counted) is { } known && known.Version == version) return known.Totals;
        var totals = scope.Catalog.Entries.Totals();
        if (scope.IsCommitted) Volatile.Write(ref counted, new Counted(version, totals));
        return totals;
    }

    /// <summary>Place of a head in the order that decides which one wins in a merge.</summary>
    internal (ulong Lamport, ChangesetHash Hash) OrderOf(RevisionId id)
    {
        using var scope = catalogs.Enter();
        var catalog = scope.Catalog;
        var changeset = catalog.Chains.Get(catalog.Revisions.Find(id)!.Value.Changeset);
        return (changeset.Lamport, changeset.Hash);
    }

    internal static RevisionView View(RevisionRow row) => new(
        row.Id, row.Kind, row.Mode, row.Mtime, row.Time, row.IsHead, row.IsMerge, row.Content,
        row.Owner, row.Group, row.TargetBytes, row.DeviceNumber, row.HasXattrs);

    private static EntryView View(EntryRow row, EntryName shownName) => new(
        row.Id, row.Parent, row.Name, shownName, row.Document, row.IsFolder, row.IsLive, row.Heads, row.Shown is { } shown ? View(shown) : null);

    private static bool MayBeSuffixed(EntryName name) => name.Bytes.IndexOf(" (from "u8) > 0;

    private EntryName ShownName(VolumeCatalog catalog, bool isCommitted, EntryRow row)
    {
        if (!row.IsLive || row.ParentRow < TreeTable.Root || catalog.Entries.CountLive(row.ParentRow, row.Name) < 2) return row.Name;
        return suffixed.Of(catalog, isCommitted, row.ParentRow).NameOf(row);
    }

    private sealed record Counted(CatalogVersion Version, (long Files, long Folders, long Bytes) Totals);
}
