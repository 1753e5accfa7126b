using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Scanning;
using PeerDrive.Folders.Watching;
using PeerDrive.Folders.Writing;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;
using PeerDrive.Native.Watching;

namespace PeerDrive.Folders;

/// <summary>One stay of a link with its directory: from finding it to losing it. Used by the link's loop only.</summary>
internal sealed class LinkSession : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20), LongestQuiet = TimeSpan.FromMilliseconds(200), UnwatchedInterval = TimeSpan.FromSeconds(60);

    /// <summary>Rounds without an end before a disturbed path has to wait.</summary>
    private const int MaxRounds = 20;

    private readonly LinkScope scope;
    private readonly ChangeCommitter committer;
    private readonly LocalScanner scanner;
    private readonly Dictionary<(long Folder, EntryName Name), long> open = [];
    private readonly Dictionary<(long Folder, EntryName Name), long> putOff = [];
    private readonly Dictionary<long, long> committed = [];
    private readonly List<EventMark> marks = [];
    private readonly RetrySchedule retries;
    private Dictionary<long, DirtyFolder> dirty = [];
    private long? firstEvent;
    private long lastEvent;
    private long lastScan;
    private bool wasReader;
    private string? writeProblem;
    private int rounds;
    private long files;
    private long bytes;

    public LinkSession(LinkScope scope, Action onEvents)
    {
        this.scope = scope;
        retries = new RetrySchedule(scope.Context.Time);
        Watches = new FolderWatches(onEvents);
        Writer = new RemoteWriter(scope, Watches) { IsAllPending = true };
        committer = new ChangeCommitter(scope);
        scanner = new LocalScanner(scope, Watches, committer, (seen, stored) =>
        {
            Interlocked.Add(ref files, seen);
            Interlocked.Add(ref bytes, stored);
        })
        {
            RemovesLeftovers = true,
            IsPutOff = IsPutOff,
            OnCommitted = NoteCommitted,
        };
    }

    public FolderWatches Watches { get; }

    public RemoteWriter Writer { get; }

    public LinkedDirectory Directory => scope.Directory;

    public bool IsScanPending { get; private set; } = true;

    /// <summary>Changes are held back until their settle time is over.</summary>
    public bool IsSettling => putOff.Count > 0;

    public long Files => Interlocked.Read(ref files);

    public long Bytes => Interlocked.Read(ref bytes);

    public string? Problem => committer.Problem ?? writeProblem ?? Watches.Problem;

    /// <summary>Something keeps disturbing a path: a pause does good.</summary>
    public bool MustWait => rounds >= MaxRounds;

    private long Now => scope.Context.Time.GetTimestamp();

    public void Dispose()
    {
        Watches.Dispose();
        Writer.Dispose();
        scope.Directory.Dispose();
        scope.Lender?.Dispose();
    }

    /// <summary>After a failure half-way: all is read and compared again.</summary>
    public void Reset()
    {
        scope.Rows.Load();
        scope.Rules.Forget();
        Writer.Dispose();
        IsScanPending = true;
        Writer.IsAllPending = true;
    }

    /// <summary>Takes events until it was quiet for a moment.</summary>
    public async Task TakeEventsAsync(CancellationToken cancellation)
    {
        while (true)
        {
            DrainEvents();
            if (firstEvent is not { } first) return;
            var rest = Quiet - Since(lastEvent);
            if (rest <= TimeSpan.Zero || Since(first) >= LongestQuiet || IsScanPending) break;
            await Task.Delay(rest, scope.Context.Time, cancellation);
        }
        firstEvent = null;
    }

    public bool HasWork(bool needsScan)
    {
        if (wasReader != scope.Drafts.IsActive)
        {
            // What were drafts is committed now, or the other way round.
            wasReader = scope.Drafts.IsActive;
            IsScanPending = true;
        }
        IsScanPending |= needsScan || Watches.TakeOverflow() || Since(lastScan) >= (Watches.Problem is null ? scope.Settings.RescanInterval : UnwatchedInterval);
        TakeDue();
        var hasWork = IsScanPending || dirty.Count > 0 || Writer.IsAllPending || Writer.Pending.Count > 0;
        if (!hasWork) rounds = 0;
        return hasWork;
    }

    /// <summary>Takes in the directory's changes, then writes the volume's.</summary>
    public async Task WorkAsync(Action onProgress, CancellationToken cancellation)
    {
        rounds = MustWait ? 0 : rounds + 1;
        committer.Problem = null;
        var isFull = IsScanPending;
        if (IsScanPending)
        {
            (files, bytes) = (0, 0);
            dirty = [];
            putOff.Clear();
            // To the scan they are what a crash left.
            Writer.Dispose();
            await scanner.ScanAllAsync(cancellation);
            IsScanPending = false;
            lastScan = Now;
        }
        else if (dirty.Count > 0)
        {
            var names = dirty;
            dirty = [];
            await scanner.ScanNamesAsync(names, cancellation);
        }
        foreach (var (folder, names) in scanner.Displaced)
        {
            Dirty(folder.Parent).Add(folder.Name);
            Dirty(folder.Id).Add(names);
        }
        foreach (var torn in scanner.Torn) open[torn] = Now + Ticks(scope.Settings.OpenFileInterval);
        Writer.Pending.UnionWith(committer.Unequal);
        committer.Unequal.Clear();
        onProgress();
        await WriteAsync(cancellation);
        foreach (var (folder, name) in Writer.LocallyChanged) Dirty(folder).Add(name);
        Writer.LocallyChanged.Clear();
        if (isFull && scope.Directory.IsThere()) scope.Lender?.SettleAll(scope.Rows, cancellation);
        scope.Lender?.Settle(scope.Rows, IsSettling, cancellation);
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        if (!Writer.IsAllPending && Writer.Pending.Count == 0) return;
        var isComplete = Writer.IsAllPending;
        await Writer.WriteAsync(cancellation);
        retries.Note(Writer.Failures, isComplete);
        // A file that waits for its next try is still not written, whatever else was.
        writeProblem = Writer.Problem ?? (retries.IsEmpty ? null : writeProblem);
    }

    /// <summary>Gives drafts up: their paths are written from the volume again.</summary>
    public void Revert(Func<byte[], bool> isWanted)
    {
        foreach (var draft in scope.Drafts.All().Where(draft => isWanted(draft.Path)).Reverse())
        {
            Writer.Revert(draft.Path);
            scope.Drafts.Forget(draft.Path);
        }
    }

    /// <summary>Time until something is due by itself; null when nothing is.</summary>
    public TimeSpan UntilDue()
    {
        var interval = Watches.Problem is null ? scope.Settings.RescanInterval : UnwatchedInterval;
        var due = new[] { lastScan + Ticks(interval), Now + Ticks(TimeSpan.FromSeconds(5)) }.Concat(open.Values).Concat(putOff.Values).Append(retries.NextDue ?? long.MaxValue).Min();
        var rest = scope.Context.Time.GetElapsedTime(Now, due);
        return rest < TimeSpan.Zero ? TimeSpan.Zero : rest;
    }

    /// <summary>Puts a mark into the stream of events.</summary>
    public EventMark BeginMark()
    {
        var mark = new EventMark(DirectoryNames.Temporary((ulong)scope.Context.Random.NextInt64()));
        if (Watches.Problem is not null || !Watches.Has(scope.Rows.Root))
        {
            // Nothing tells what changed: all is compared first.
            IsScanPending = true;
            mark.IsPassed = true;
            return mark;
        }
        using (Libc.OpenBeneath(Directory.Top, mark.Name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, 0x180))
        {
            marks.Add(mark);
        }
        TemporaryFiles.Remove(Directory.Top, mark.Name);
        return mark;
    }

    private void DrainEvents()
    {
        while (Watches.TryTake(out var taken, out var folder))
        {
            if (taken.Name.Length == 0) continue;
            if (DirectoryNames.IsOwn(taken.Name))
            {
                if ((taken.Events & WatchEvents.Delete) != 0 && marks.Find(mark => mark.Name.AsSpan().SequenceEqual(taken.Name)) is { } passed)
                {
                    passed.IsPassed = true;
                    marks.Remove(passed);
                }
                continue;
            }
            Note(folder, EntryName.Create(taken.Name), taken.Events);
        }
    }

    private void Note(long folder, EntryName name, WatchEvents events)
    {
        var key = (folder, name);
        var isFolder = (events & WatchEvents.IsFolder) != 0;
        if ((events & (WatchEvents.Create | WatchEvents.Modify)) != 0 && !isFolder)
        {
            open.TryAdd(key, Now + Ticks(scope.Settings.OpenFileInterval));
            if ((events & WatchEvents.Create) == 0) return;
        }
        else if ((events & WatchEvents.Attributes) == 0)
        {
            open.Remove(key);
        }
        if (name.Bytes.SequenceEqual(DirectoryNames.IgnoreFile))
        {
            scope.Rules.Forget();
            IsScanPending = true;
        }
        Dirty(folder).Add(name);
        lastEvent = Now;
        firstEvent ??= lastEvent;
    }

    private DirtyFolder Dirty(long folder)
    {
        if (!dirty.TryGetValue(folder, out var names)) dirty[folder] = names = new DirtyFolder();
        return names;
    }

    private void TakeDue()
    {
        var now = Now;
        Writer.Pending.UnionWith(retries.TakeDue());
        foreach (var key in putOff.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
        {
            putOff.Remove(key);
            Dirty(key.Folder).Add(key.Name);
        }
        foreach (var key in open.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
        {
            open.Remove(key);
            var names = Dirty(key.Folder);
            names.Add(key.Name);
            names.Grown.Add(key.Name);
        }
    }

    /// <summary>Whether a known file's change has to wait: a program still writes to it, or it was committed just now.</summary>
    private bool IsPutOff(FileRow folder, EntryName name, FileRow? row)
    {
        if (open.ContainsKey((folder.Id, name))) return true;
        if (row is null || !committed.TryGetValue(row.Id, out var last)) return false;
        var due = last + Ticks(scope.Settings.Settle);
        if (due <= Now) return false;
        putOff[(folder.Id, name)] = due;
        return true;
    }

    private void NoteCommitted(LocalChange change)
    {
        if (change.Kind is not (LocalChangeKind.Create or LocalChangeKind.Revise) || change.Stat.Kind != FileKind.Regular || IsScanPending) return;
        if (committed.Count > 10_000)
        {
            var old = Now - Ticks(scope.Settings.Settle);
            foreach (var row in committed.Where(pair => pair.Value < old).Select(pair => pair.Key).ToList()) committed.Remove(row);
        }
        committed[change.Row.Id] = Now;
    }

    private TimeSpan Since(long timestamp) => timestamp == 0 ? TimeSpan.MaxValue : scope.Context.Time.GetElapsedTime(timestamp);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * scope.Context.Time.TimestampFrequency);
}
