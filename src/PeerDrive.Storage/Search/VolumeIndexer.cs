using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Search;

/// <summary>
/// Keeps a volume's search index in step with its catalog, in the background and in batches. It remembers the place in the log through which the index
/// tells all; when that is not where the catalog is at its start, or more changed than is remembered, all entries are compared. Commits never wait for it.
/// </summary>
internal sealed class VolumeIndexer : IAsyncDisposable
{
    private const string GenerationKey = "generation", FileKey = "log_file", OffsetKey = "log_offset", NewsKey = "news";

    private readonly Volume volume;
    private readonly Database db;
    private readonly IDocumentTexts texts;
    private readonly TimeProvider time;
    private readonly IndexSource source;
    private readonly IndexWriter writer;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private TaskCompletionSource step = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LogPosition through;
    private IndexProgress progress = new(0, 0, true, null);
    private long version;
    private Task loop = Task.CompletedTask;

    public VolumeIndexer(Volume volume, Database db, IDocumentTexts texts, TimeProvider time)
    {
        this.time = time;
        this.volume = volume;
        this.db = db;
        this.texts = texts;
        source = new IndexSource(volume);
        writer = new IndexWriter(db, texts);
    }

    /// <summary>Another number whenever the index changed.</summary>
    public long Version => Interlocked.Read(ref version);

    public IndexProgress Progress
    {
        get
        {
            lock (gate) return progress;
        }
    }

    public void Start() => loop = RunAsync();

    /// <summary>Waits until the index tells all that is committed now, and no longer than some time; not at all while it is made anew.</summary>
    public async Task WhenCurrentAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        var wanted = source.State().Applied;
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (progress.IsBuilding || progress.Problem is not null || through.CompareTo(wanted) >= 0) return;
                next = step.Task;
            }
            try
            {
                await next.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        // The start of a volume does not wait for it.
        await Task.Yield();
        using var changes = volume.Subscribe();
        texts.Changed += changes.Wake;
        try
        {
            if (!IsCurrent()) await ScanAsync();
            Tell(new IndexProgress(0, 0, false, null));
            await LearnUnknownAsync();
            await LearnNewsAsync();
            while (true)
            {
                await changes.WaitForCalmAsync(time, stop.Token);
                var change = changes.Take();
                if (change.IsOverflow)
                {
                    await ScanAsync();
                    Tell(new IndexProgress(0, 0, false, null));
                    await LearnUnknownAsync();
                }
                else
                {
                    await WriteAsync(change.Entries, isForced: false);
                    if (change.Through is { } end) NoteThrough(end);
                    foreach (var batch in change.Contents.Chunk(SearchLimits.BatchEntries)) await LearnAsync(batch, isNews: false);
                }
                await LearnNewsAsync();
                lock (gate)
                {
                    var done = step;
                    step = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    done.SetResult();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
        catch (PeerDriveException e)
        {
            // A full disk, say. It is only derived: what is there still answers, and the next start goes on.
            Tell(new IndexProgress(0, 0, false, e.Message));
        }
        finally
        {
            texts.Changed -= changes.Wake;
        }
    }

    private bool IsCurrent()
    {
        var (generation, applied, _) = source.State();
        lock (db.Gate)
        {
            if (writer.Number(GenerationKey) != generation || writer.Number(FileKey) != applied.File || writer.Number(OffsetKey) != applied.Offset) return false;
        }
        lock (gate) through = applied;
        return true;
    }

    /// <summary>Compares all entries with the index.</summary>
    private async Task ScanAsync()
    {
        var (generation, applied, total) = source.State();
        long done = 0, row = 0;
        Tell(new IndexProgress(0, total, true, null));
        while (true)
        {
            var (entries, last) = source.After(row, SearchLimits.BatchEntries);
            if (entries.Count == 0) break;
            row = last;
            InTransaction(() =>
            {
                foreach (var entry in entries) writer.Write(entry);
            });
            done += entries.Count;
            Tell(new IndexProgress(done, Math.Max(done, total), true, null));
            await YieldAsync();
        }
        await RemoveGoneAsync();
        InTransaction(() =>
        {
            writer.DropUnusedTerms();
            writer.SetNumber(GenerationKey, generation);
        });
        NoteThrough(applied);
    }

    /// <summary>Entries that the catalog has no more: their changesets became void.</summary>
    private async Task RemoveGoneAsync()
    {
        long lines, line = 0;
        lock (db.Gate) lines = writer.Count();
        if (lines <= source.State().Entries) return;
        while (true)
        {
            IReadOnlyList<EntryId> entries;
            lock (db.Gate) (entries, line) = writer.EntriesAfter(line, SearchLimits.BatchEntries);
            if (entries.Count == 0) return;
            var gone = source.GoneOf(entries);
            if (gone.Count > 0)
            {
                InTransaction(() =>
                {
                    foreach (var entry in gone) writer.Remove(entry);
                });
            }
            await YieldAsync();
        }
    }

    private async Task WriteAsync(IReadOnlyCollection<EntryId> changed, bool isForced)
    {
        foreach (var batch in source.InOrder(changed).Chunk(SearchLimits.BatchEntries))
        {
            var (entries, gone) = source.Of(batch);
            InTransaction(() =>
            {
                foreach (var entry in entries) writer.Write(entry, isForced);
                foreach (var id in gone) writer.Remove(id);
            });
            await YieldAsync();
        }
    }

    /// <summary>Contents that came while nobody listened.</summary>
    private async Task LearnUnknownAsync()
    {
        long row = 0;
        while (true)
        {
            IReadOnlyList<ChunkId> roots;
            lock (db.Gate) (roots, row) = writer.UnknownAfter(row, SearchLimits.BatchEntries);
            if (roots.Count == 0) return;
            await LearnAsync(roots, isNews: false);
        }
    }

    private async Task LearnNewsAsync()
    {
        long cursor;
        lock (db.Gate) cursor = writer.Number(NewsKey) ?? 0;
        while (true)
        {
            var news = texts.Since(cursor, SearchLimits.BatchEntries);
            if (news.Contents.Count > 0) await LearnAsync(news.Contents, isNews: true);
            if (news.Cursor == cursor) return;
            cursor = news.Cursor;
            InTransaction(() => writer.SetNumber(NewsKey, cursor));
            if (news.Contents.Count == 0) return;
        }
    }

    private async Task LearnAsync(IReadOnlyList<ChunkId> roots, bool isNews)
    {
        var changed = new HashSet<EntryId>();
        InTransaction(() =>
        {
            foreach (var root in roots) changed.UnionWith(writer.Learn(root, isNews));
        });
        await YieldAsync();
        if (changed.Count > 0) await WriteAsync(changed, isForced: true);
    }

    private void NoteThrough(LogPosition position)
    {
        InTransaction(() =>
        {
            writer.SetNumber(FileKey, position.File);
            writer.SetNumber(OffsetKey, position.Offset);
        });
        lock (gate) through = position;
    }

    private void InTransaction(Action write)
    {
        stop.Token.ThrowIfCancellationRequested();
        lock (db.Gate)
        {
            using var transaction = db.Begin();
            write();
            transaction.Commit();
        }
        Interlocked.Increment(ref version);
    }

    private async Task YieldAsync()
    {
        stop.Token.ThrowIfCancellationRequested();
        await Task.Yield();
    }

    private void Tell(IndexProgress now)
    {
        lock (gate) progress = now;
    }
}
