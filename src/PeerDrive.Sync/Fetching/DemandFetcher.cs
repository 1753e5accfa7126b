using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Sync.Fetching;

/// <summary>
/// Brings what readers lack, before all else: spreads the chunks of a range over the connected peers by what each delivers, asks another as well when
/// one is late with what a reader waits for, and gives up when nothing came for a while. One loop; peers report from their own.
/// </summary>
internal sealed class DemandFetcher : ContentSupply, IAsyncDisposable
{
    private readonly Volume volume;
    private readonly TimeProvider time;
    private readonly Func<string> whoHasIt;
    private readonly Lock gate = new();
    private readonly Dictionary<IChunkSource, StreamSource> sources = [];
    private readonly List<ReadDemand> waiting = [];
    private readonly Dictionary<object, ReadDemand> expected = [];
    private readonly Dictionary<Content, PresenceCursor> cursors = [];
    private readonly Dictionary<ChunkId, List<StreamSource>> asked = [];
    private readonly HashSet<Content> touched = [];
    private readonly Dictionary<object, (Content Content, long Offset, long Length)> windows = [];
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly ITimer timer;
    private Task loop = Task.CompletedTask;
    private bool isTicking, isClosed, isPaused;
    private long paused;

    /// <param name="whoHasIt">Tells, for a reader that waited in vain, which devices could have what it lacks.</param>
    public DemandFetcher(Volume volume, TimeProvider time, Func<string> whoHasIt)
    {
        this.volume = volume;
        this.time = time;
        this.whoHasIt = whoHasIt;
        timer = time.CreateTimer(_ => signal.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether no connected peer has what a reader waits for.</summary>
    public bool IsStuck
    {
        get
        {
            lock (gate)
            {
                var now = time.GetTimestamp();
                return waiting.Any(demand => !demand.IsOver && HasNobody(demand.Plan.Open.First().Chunk, now));
            }
        }
    }

    public void Start() => loop = RunAsync();

    public override async Task BringAsync(object reader, Content content, long offset, long length, CancellationToken cancellation)
    {
        volume.Contents.Uses.Note(content.Root);
        var demand = new ReadDemand(new RangePlan(content, offset, length, volume.Contents), isWaiting: true, time.GetTimestamp());
        if (demand.Plan.IsComplete) return;
        lock (gate)
        {
            if (isClosed) throw Closed();
            waiting.Add(demand);
            touched.Add(content);
            Tick(true);
        }
        signal.Writer.TryWrite(true);
        using var giveUp = cancellation.Register(() =>
        {
            lock (gate) waiting.Remove(demand);
            demand.Cancel(cancellation);
        });
        await demand.Done;
    }

    public override void Expect(object reader, Content content, long offset, long length)
    {
        // What is brought ahead must not push out what is being read.
        if (volume.Replica.Policy is { Kind: PolicyKind.Cache, Quota: var quota }) length = Math.Min(length, quota / 16);
        var demand = new ReadDemand(new RangePlan(content, offset, length, volume.Contents), isWaiting: false, time.GetTimestamp());
        lock (gate)
        {
            if (isClosed) return;
            windows[reader] = (content, offset, length);
            if (demand.Plan.IsComplete) expected.Remove(reader);
            else expected[reader] = demand;
            touched.Add(content);
        }
        signal.Writer.TryWrite(true);
    }

    public override void Leave(object reader)
    {
        lock (gate)
        {
            expected.Remove(reader);
            windows.Remove(reader);
        }
    }

    /// <summary>Room is being made: nothing further is asked for until <see cref="Resume"/>, or for a moment only by those who wait.</summary>
    public void Pause()
    {
        lock (gate) (isPaused, paused) = (true, time.GetTimestamp());
    }

    public void Resume()
    {
        lock (gate) isPaused = false;
        signal.Writer.TryWrite(true);
    }

    /// <summary>Chunks that readers will want next.</summary>
    public HashSet<ChunkId> Windows()
    {
        List<(Content Content, long Offset, long Length)> all;
        lock (gate)
        {
            all = [.. windows.Values];
            all.AddRange(waiting.Select(demand => (demand.Plan.Content, demand.Plan.Offset, demand.Plan.Length)));
        }
        var chunks = new HashSet<ChunkId>();
        // A little of what lies before: the kernel reads in pieces, and not quite in order.
        foreach (var (content, offset, length) in all) chunks.UnionWith(RangePlan.ChunksOf(content, Math.Max(0, offset - SyncLimits.KeptBehindBytes), length + SyncLimits.KeptBehindBytes, volume.Contents));
        return chunks;
    }

    public void AddSource(IChunkSource source)
    {
        lock (gate) sources[source] = new StreamSource(source);
        signal.Writer.TryWrite(true);
    }

    public void RemoveSource(IChunkSource source)
    {
        lock (gate)
        {
            if (sources.Remove(source, out var gone)) TakeBack(gone);
        }
        signal.Writer.TryWrite(true);
    }

    /// <summary>Whether a peer was asked for a chunk for a reader who still lacks it.</summary>
    public bool IsAsked(IChunkSource source, ChunkId chunk)
    {
        lock (gate) return asked.TryGetValue(chunk, out var by) && by.Any(each => each.Source == source);
    }

    /// <summary>Data for readers came, if not a whole chunk yet.</summary>
    public void NoteData(IChunkSource source)
    {
        lock (gate)
        {
            if (sources.TryGetValue(source, out var from)) from.LastData = time.GetTimestamp();
        }
    }

    /// <summary>A peer has answered for a chunk that somebody else brought before.</summary>
    public void Settle(IChunkSource source, ChunkId chunk, int bytes)
    {
        lock (gate)
        {
            if (sources.TryGetValue(source, out var from)) from.Settle(chunk, bytes, time.GetTimestamp(), time);
        }
    }

    /// <summary>A chunk is stored, whoever asked for it; or its bytes were not its own.</summary>
    public void Received(IChunkSource source, ChunkId chunk, int bytes, bool isGood)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (sources.TryGetValue(source, out var from)) from.Settle(chunk, bytes, now, time);
            if (waiting.Count + expected.Count + asked.Count == 0) return;
            if (!isGood)
            {
                Unask(from, chunk);
            }
            else
            {
                asked.Remove(chunk);
                foreach (var demand in waiting.Concat(expected.Values)) Advance(demand, chunk, now);
            }
        }
        signal.Writer.TryWrite(true);
    }

    /// <summary>A peer has not got a chunk.</summary>
    /// <returns>Whether no connected peer has it.</returns>
    public bool NotHere(IChunkSource source, ChunkId chunk)
    {
        bool hasNobody;
        lock (gate)
        {
            if (!sources.TryGetValue(source, out var from) || !from.IsAsked(chunk)) return false;
            var now = time.GetTimestamp();
            from.Settle(chunk, 0, now, time);
            Unask(from, chunk);
            hasNobody = HasNobody(chunk, now);
        }
        signal.Writer.TryWrite(true);
        return hasNobody;
    }

    /// <summary>A peer may have got what it had not.</summary>
    public void ForgetLacks(IChunkSource source)
    {
        lock (gate)
        {
            if (sources.TryGetValue(source, out var from)) from.ForgetLacks();
        }
        signal.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        List<ReadDemand> left;
        lock (gate)
        {
            isClosed = true;
            left = [.. waiting];
            waiting.Clear();
            expected.Clear();
        }
        foreach (var demand in left)
        {
            demand.Failure = Closed();
            demand.End();
        }
        await timer.DisposeAsync();
        stop.Dispose();
    }

    private static PeerDriveException Closed() => new(ErrorKind.NotHere, "The content is not here, and the volume is being closed.");

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await signal.Reader.ReadAsync(stop.Token);
                await StepAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    private async Task StepAsync()
    {
        List<ReadDemand> over;
        Dictionary<IChunkSource, List<ChunkId>> wants;
        lock (gate)
        {
            over = TakeOver();
            wants = Assign();
            Tick(waiting.Count > 0);
        }
        // Outside the gate: a reader goes on at once.
        foreach (var demand in over) demand.End();
        foreach (var (source, chunks) in wants) await AskAsync(source, chunks);
        NoteWhole();
    }

    private async Task AskAsync(IChunkSource source, List<ChunkId> chunks)
    {
        try
        {
            foreach (var part in chunks.Chunk(SyncLimits.WantChunks)) await source.WantAsync(part, isStreaming: true);
        }
        catch (PeerDriveException)
        {
            // It went away while it was asked; its session ends by itself.
            RemoveSource(source);
        }
    }

    /// <summary>Takes out the demands that are met, or that nothing came for in time. Under the gate.</summary>
    private List<ReadDemand> TakeOver()
    {
        var now = time.GetTimestamp();
        TakeBackFromSilent(now);
        var limit = volume.Replica.ReadWait;
        List<ReadDemand> over = [];
        foreach (var demand in waiting)
        {
            if (!demand.IsOver && time.GetElapsedTime(Math.Max(demand.LastProgress, LastDataFor(demand)), now) >= limit)
                demand.Failure = new PeerDriveException(ErrorKind.NotHere, whoHasIt());
            if (demand.IsOver) over.Add(demand);
        }
        foreach (var demand in over) waiting.Remove(demand);
        foreach (var (reader, _) in expected.Where(pair => pair.Value.IsOver).ToList()) expected.Remove(reader);
        return over;
    }

    /// <summary>A peer may have dropped what it was asked for without a word, as one does that pauses the volume: it counts as lacking that, and is asked again.</summary>
    private void TakeBackFromSilent(long now)
    {
        foreach (var source in sources.Values.Where(source => !source.Source.IsHeldBack))
        {
            foreach (var chunk in source.Owed(now, time))
            {
                source.Settle(chunk, 0, now, time);
                Unask(source, chunk);
            }
        }
    }

    /// <summary>When a peer last sent a part of what a demand lacks.</summary>
    private long LastDataFor(ReadDemand demand)
    {
        var (chunk, _) = demand.Plan.Open.First();
        return asked.TryGetValue(chunk, out var by) ? by.Select(source => source.LastData).DefaultIfEmpty().Max() : 0;
    }

    private Dictionary<IChunkSource, List<ChunkId>> Assign()
    {
        var now = time.GetTimestamp();
        var wants = new Dictionary<IChunkSource, List<ChunkId>>();
        var isForWaiting = !isPaused || time.GetElapsedTime(paused, now) >= SyncLimits.LongestPause;
        foreach (var demand in waiting.Where(_ => isForWaiting).Concat(expected.Values.Where(_ => !isPaused)))
        {
            foreach (var (chunk, bytes) in demand.Plan.Open)
            {
                if (Pick(chunk, bytes, demand.IsWaiting, now) is { } source)
                {
                    source.Ask(chunk, bytes, now);
                    if (!asked.TryGetValue(chunk, out var by)) asked[chunk] = by = [];
                    by.Add(source);
                    if (!wants.TryGetValue(source.Source, out var chunks)) wants[source.Source] = chunks = [];
                    chunks.Add(chunk);
                }
                else if (!demand.IsWaiting && !sources.Values.Any(each => each.HasRoom))
                {
                    break;
                }
            }
        }
        return wants;
    }

    /// <summary>The peer that would send a chunk soonest; null: it is under way, or nobody may have it now.</summary>
    private StreamSource? Pick(ChunkId chunk, long bytes, bool isWaiting, long now)
    {
        if (asked.TryGetValue(chunk, out var by) && by.Count > 0)
        {
            if (!isWaiting || !by.TrueForAll(source => source.IsOverdue(chunk, now, time))) return null;
            var another = Soonest(chunk, bytes, now, false);
            if (another is not null) by.ForEach(source => source.NoteSlow());
            return another;
        }
        return Soonest(chunk, bytes, now, needsRoom: !isWaiting);
    }

    private StreamSource? Soonest(ChunkId chunk, long bytes, long now, bool needsRoom) => sources.Values
        .Where(source => !source.IsAsked(chunk) && (!needsRoom || source.HasRoom) && source.MayHave(chunk, now, time))
        .MinBy(source => source.TimeFor(bytes));

    private bool HasNobody(ChunkId chunk, long now) => sources.Values.All(source => !source.IsAsked(chunk) && !source.MayHave(chunk, now, time));

    private static void Advance(ReadDemand demand, ChunkId chunk, long now)
    {
        try
        {
            if (demand.Plan.Arrived(chunk)) demand.LastProgress = now;
        }
        catch (PeerDriveException e)
        {
            // The chunk is what its id says, so the content's author made a list that is none.
            demand.Failure = e;
        }
    }

    private void TakeBack(StreamSource source)
    {
        foreach (var chunk in source.Asked) Unask(source, chunk);
    }

    private void Unask(StreamSource? source, ChunkId chunk)
    {
        if (source is null || !asked.TryGetValue(chunk, out var by)) return;
        by.Remove(source);
        if (by.Count == 0) asked.Remove(chunk);
    }

    /// <summary>Tells the volume which contents are wholly here now.</summary>
    private void NoteWhole()
    {
        List<Content> looked;
        lock (gate)
        {
            looked = [.. touched];
            touched.Clear();
            touched.UnionWith(expected.Values.Concat(waiting).Select(demand => demand.Plan.Content));
        }
        try
        {
            var whole = looked.Where(IsWhole).ToList();
            if (whole.Count > 0) volume.ContentsArrived(whole);
        }
        catch (PeerDriveException)
        {
            // A full disk, say. The chunks are here and can be read; that the contents are whole is found at the next look.
            lock (gate) touched.UnionWith(looked);
        }
    }

    private bool IsWhole(Content content)
    {
        if (!cursors.TryGetValue(content, out var cursor) || cursor.IsOutdated)
        {
            if (cursors.Count >= SyncLimits.CursorContents) cursors.Clear();
            cursors[content] = cursor = new PresenceCursor(content, volume.Contents);
        }
        return cursor.Advance() && cursors.Remove(content);
    }

    /// <summary>Looks at the time only while somebody waits. Under the gate.</summary>
    private void Tick(bool on)
    {
        if (on == isTicking) return;
        isTicking = on;
        var pace = on ? SyncLimits.DemandPace : Timeout.InfiniteTimeSpan;
        timer.Change(pace, pace);
    }
}
