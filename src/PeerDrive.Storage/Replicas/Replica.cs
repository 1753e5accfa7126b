using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Replicas;

/// <summary>
/// Which contents this device's replica of a volume is to have: its policy, what is pinned, and what somebody waits for. Kept in the state
/// database; other devices do not hear of it. Thread-safe.
/// </summary>
public sealed class Replica
{
    /// <summary>Pinned entries; each is walked at every look for what is missing.</summary>
    private const int MaxPins = 10_000;

    /// <summary>Contents asked for one by one; beyond that the oldest give way.</summary>
    private const int MaxRequested = 4096;

    /// <summary>Contents that are under way because others asked for them to be kept.</summary>
    private const int MaxTaken = MaxRequested / 2;

    /// <summary>Contents of which it is remembered that they were dropped here.</summary>
    private const int MaxDropped = 65_536;

    private const string PolicyKey = "policy", QuotaKey = "policy-quota", ReadWaitKey = "read-wait";

    private readonly Database state;
    private readonly CatalogSnapshots catalogs;
    private readonly Action changed;
    private readonly Lock gate = new();
    private readonly SortedSet<EntryId> pins = [];
    private readonly Dictionary<EntryId, int> held = [];
    private readonly List<Content> requested = [];
    private readonly List<List<ChunkId>> leaving = [];
    private readonly HashSet<Content> taken = [];
    private readonly HashSet<ChunkId> dropped = [];
    private ReplicaPolicy policy;
    private TimeSpan readWait;
    private int generation;

    /// <param name="changed">Told that other contents are asked for than before.</param>
    internal Replica(Database state, CatalogSnapshots catalogs, Action changed)
    {
        this.state = state;
        this.catalogs = catalogs;
        this.changed = changed;
        lock (state.Gate)
        {
            state.Execute("CREATE TABLE IF NOT EXISTS pins(entry BLOB PRIMARY KEY) WITHOUT ROWID");
            policy = new ReplicaPolicy((PolicyKind)(Number(PolicyKey) ?? 0), Number(QuotaKey) ?? 0);
            readWait = Number(ReadWaitKey) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : DefaultReadWait;
            using var select = state.Prepare("SELECT entry FROM pins");
            while (select.Step()) pins.Add(select.Id<EntryId>(0));
        }
    }

    public static TimeSpan DefaultReadWait { get; } = TimeSpan.FromSeconds(30);

    public ReplicaPolicy Policy
    {
        get
        {
            lock (gate) return policy;
        }
    }

    /// <summary>How long a reader waits for content that nobody sends before it fails.</summary>
    public TimeSpan ReadWait
    {
        get
        {
            lock (gate) return readWait;
        }
    }

    /// <summary>Counts changes of what is asked for that may make less of it.</summary>
    public int Generation => Volatile.Read(ref generation);

    /// <summary>Entries that are pinned by name; what lies in them is as well.</summary>
    public IReadOnlyList<EntryId> Pins
    {
        get
        {
            lock (gate) return [.. pins];
        }
    }

    /// <summary>Moves in the tree may make that other contents are asked for.</summary>
    public bool DependsOnTree
    {
        get
        {
            lock (gate) return !policy.IsFull && pins.Count + held.Count > 0;
        }
    }

    public void SetPolicy(ReplicaPolicy wanted)
    {
        lock (state.Gate)
        {
            using var transaction = state.Begin();
            Set(PolicyKey, (long)wanted.Kind);
            Set(QuotaKey, wanted.Quota);
            transaction.Commit();
        }
        lock (gate)
        {
            policy = wanted;
            requested.RemoveAll(taken.Contains);
            taken.Clear();
            dropped.Clear();
        }
        Change();
    }

    public void SetReadWait(TimeSpan wait)
    {
        lock (state.Gate) Set(ReadWaitKey, (long)wait.TotalMilliseconds);
        lock (gate) readWait = wait;
    }

    /// <summary>Keeps a file, or all that is in a folder and comes into it, on this device.</summary>
    /// <exception cref="PeerDriveException">LimitExceeded: too many are pinned.</exception>
    public void Pin(EntryId entry)
    {
        lock (gate)
        {
            if (pins.Count >= MaxPins && !pins.Contains(entry)) throw new PeerDriveException(ErrorKind.LimitExceeded, $"At most {MaxPins} files and folders can be pinned; pin a folder above them.");
        }
        lock (state.Gate) state.Prepare("INSERT OR IGNORE INTO pins VALUES(?)").BindId(entry).Run();
        lock (gate) pins.Add(entry);
        Change();
    }

    /// <returns>Whether it was pinned by name.</returns>
    public bool Unpin(EntryId entry)
    {
        lock (state.Gate) state.Prepare("DELETE FROM pins WHERE entry = ?").BindId(entry).Run();
        bool wasPinned;
        lock (gate) wasPinned = pins.Remove(entry);
        if (wasPinned) Change();
        return wasPinned;
    }

    /// <summary>As if it were pinned, until <see cref="Release"/>: a directory outside needs it. Not kept over a restart.</summary>
    public void Hold(EntryId entry)
    {
        lock (gate) held[entry] = held.GetValueOrDefault(entry) + 1;
        Change();
    }

    public void Release(EntryId entry)
    {
        lock (gate)
        {
            if (!held.TryGetValue(entry, out var count)) return;
            if (count > 1) held[entry] = count - 1;
            else held.Remove(entry);
        }
        Change();
    }

    /// <summary>Asks for a whole content once, whatever the policy says.</summary>
    public void Request(Content content)
    {
        lock (gate)
        {
            if (policy.IsFull || requested.Contains(content)) return;
            Add(content);
        }
        changed();
    }

    /// <summary>
    /// Takes contents in because too few other devices have them. Only a cache does, within half of its quota, so that it never has to drop
    /// anything for them; and nothing that was dropped here since the policy was set or the volume opened.
    /// </summary>
    /// <returns>For each whether it will be fetched; bytes of those for which there is no room.</returns>
    public (IReadOnlyList<bool> Takes, long Lacking) Take(IReadOnlyList<Content> contents, ContentStore store)
    {
        var takes = new bool[contents.Count];
        long lacking = 0;
        if (Policy is not { Kind: PolicyKind.Cache, Quota: var quota }) return (takes, 0);
        var room = (quota / 2) - store.Chunks.DiskBytes();
        var isMore = false;
        using (var scope = catalogs.Enter())
        {
            var revisions = scope.Catalog.Revisions;
            lock (gate)
            {
                taken.RemoveWhere(content => !revisions.IsMissing(content));
                room -= taken.Sum(content => (long)content.Size);
                for (var i = 0; i < takes.Length; i++)
                {
                    var content = contents[i] with { Chunking = 0 };
                    takes[i] = taken.Contains(content);
                    if (takes[i] || dropped.Contains(content.Root) || content.Size > (ulong)quota || !revisions.IsMissing(content)) continue;
                    if ((long)content.Size > room)
                    {
                        lacking += (long)content.Size;
                        continue;
                    }
                    if (taken.Count >= MaxTaken) break;
                    takes[i] = isMore = true;
                    taken.Add(content);
                    room -= (long)content.Size;
                    if (!requested.Contains(content)) Add(content);
                }
            }
        }
        if (isMore) changed();
        return (takes, lacking);
    }

    /// <summary>The pin that covers an entry: its own, or that of a folder above; null when none does.</summary>
    public EntryId? PinOf(EntryId entry)
    {
        HashSet<EntryId> all;
        lock (gate) all = [.. pins];
        return Covering(entry, all);
    }

    /// <summary>Likewise what keeps an entry's content here: a pin, or a linked folder that needs it.</summary>
    public EntryId? KeeperOf(EntryId entry)
    {
        HashSet<EntryId> all;
        lock (gate) all = [.. pins, .. held.Keys];
        return Covering(entry, all);
    }

    private EntryId? Covering(EntryId entry, HashSet<EntryId> all)
    {
        if (all.Count == 0) return null;
        using var scope = catalogs.Enter();
        for (var at = entry; ;)
        {
            if (all.Contains(at)) return at;
            if (at == EntryId.Root || scope.Catalog.Entries.Find(at) is not { } row) return null;
            at = row.Parent;
        }
    }

    /// <summary>Contents that policy, pins and requests ask for and that are not here: at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<Content> Missing(int limit)
    {
        var (isFull, entries, contents) = Asked();
        using var scope = catalogs.Enter();
        var revisions = scope.Catalog.Revisions;
        if (isFull) return revisions.Missing(limit, withThinned: false);
        var found = new List<Content>();
        var seen = new HashSet<(ChunkId, uint, ulong)>();
        foreach (var content in contents)
        {
            if (!revisions.IsMissing(content)) Forget(content);
            else if (found.Count < limit && seen.Add((content.Root, content.Depth, content.Size))) found.Add(content);
        }
        foreach (var entry in entries)
        {
            if (found.Count >= limit) break;
            if (scope.Catalog.Tree.FindRow(entry) is not { } row) continue;
            // Those that other pins gave too are passed over, so that the limit counts what is new.
            found.AddRange(revisions.MissingBelow(row, (int)Math.Min(int.MaxValue, (long)limit + seen.Count)).Where(content => seen.Add((content.Root, content.Depth, content.Size))).Take(limit - found.Count));
        }
        return found;
    }

    /// <summary>Count and bytes of <see cref="Missing"/>.</summary>
    public (long Contents, long Bytes) MissingTotals()
    {
        if (!Policy.IsFull)
        {
            var missing = Missing(int.MaxValue);
            return (missing.Count, missing.Sum(content => (long)content.Size));
        }
        using var scope = catalogs.Enter();
        var (absent, thinned) = (scope.Catalog.Revisions.MissingTotals(), scope.Catalog.Revisions.ThinnedTotals());
        return (absent.Contents - thinned.Contents, absent.Bytes - thinned.Bytes);
    }

    /// <summary>Count and bytes of all contents that are not here, asked for or not.</summary>
    public (long Contents, long Bytes) AbsentTotals()
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Revisions.MissingTotals();
    }

    /// <summary>A document that a missing content belongs to; null when it is not missing.</summary>
    public DocumentId? DocumentMissing(ChunkId root)
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Revisions.DocumentMissing(root);
    }

    /// <summary>All contents that are not here, asked for or not: heads first. At most <paramref name="limit"/>.</summary>
    public IReadOnlyList<Content> Absent(int limit)
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Revisions.Missing(limit, withThinned: true);
    }

    /// <summary>While contents are being dropped here, this replica vouches for them to nobody: else two that drop at once could rely on each other.</summary>
    /// <returns>Ends it when disposed.</returns>
    public IDisposable BeginLeaving(IReadOnlyCollection<Content> contents)
    {
        var roots = contents.Select(content => content.Root).ToList();
        lock (gate) leaving.Add(roots);
        return new Leaving(this, roots);
    }

    /// <summary>Whether this replica has a content whole, in files of its own, and is not about to drop it.</summary>
    public bool VouchesFor(Content content, ContentStore contents)
    {
        lock (gate)
        {
            if (leaving.Exists(roots => roots.Contains(content.Root))) return false;
        }
        return contents.IsKept(content);
    }

    /// <summary>Contents of which something is here and that nothing keeps here, those that were not used for longest first; then those that came first.</summary>
    public IReadOnlyList<(Content Content, DocumentId Document)> Droppable(ContentStore contents)
    {
        List<(Content Content, long Revision, DocumentId Document)> here = [];
        using (var scope = catalogs.Enter())
        {
            var kept = new Dictionary<long, bool>();
            foreach (var (content, revision, document) in scope.Catalog.Revisions.ContentsAfter(0))
            {
                if (!contents.Chunks.IsKept(content.Root)) continue;
                if (!kept.TryGetValue(document, out var isKept))
                    kept[document] = isKept = scope.Catalog.Entries.OfDocument(document).Any(entry => entry.IsLive && KeeperOf(entry.Id) is not null);
                if (!isKept) here.Add((content, revision, scope.Catalog.Revisions.DocumentOf(document)));
            }
        }
        return [.. here.OrderBy(each => contents.Uses.LastOf(each.Content.Root)).ThenBy(each => each.Revision).Select(each => (each.Content, each.Document))];
    }

    internal void NoteDropped(IReadOnlyCollection<Content> contents)
    {
        lock (gate)
        {
            if (dropped.Count + contents.Count > MaxDropped) dropped.Clear();
            dropped.UnionWith(contents.Select(content => content.Root).Take(MaxDropped));
            // What came because it was asked for is not on its way any more.
            taken.ExceptWith(contents.Select(content => content with { Chunking = 0 }));
        }
        Change();
    }

    private void Add(Content content)
    {
        if (requested.Count >= MaxRequested)
        {
            taken.Remove(requested[0]);
            requested.RemoveAt(0);
        }
        requested.Add(content);
    }

    private (bool IsFull, List<EntryId> Entries, List<Content> Contents) Asked()
    {
        lock (gate) return (policy.IsFull, [.. pins.Union(held.Keys)], [.. requested]);
    }

    private void Forget(Content content)
    {
        lock (gate) requested.Remove(content);
    }

    /// <summary>Other contents are thinned than before, or other versions pinned.</summary>
    internal void NoteRetention() => Change();

    private void Change()
    {
        Interlocked.Increment(ref generation);
        changed();
    }

    private sealed class Leaving(Replica replica, List<ChunkId> roots) : IDisposable
    {
        public void Dispose()
        {
            lock (replica.gate) replica.leaving.Remove(roots);
        }
    }

    private long? Number(string key)
    {
        using var select = state.Prepare("SELECT value FROM settings WHERE key = ?").Bind(key);
        return select.Step() ? select.Long(0) : null;
    }

    private void Set(string key, long value) => state.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(key).Bind(value).Run();
}
