using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Sync.Fetching;

/// <summary>
/// Fetches the contents that a replica lacks from the peers that are connected: plans some thousand contents ahead, keeps a
/// window of chunks asked for at every peer, asks another when one goes away or has not got a chunk. One loop, and one beside it that
/// only makes durable what arrived; peers report from their own.
/// </summary>
internal sealed class VolumeFetcher : IAsyncDisposable
{
    private readonly Volume volume;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<IChunkSource, SourceWindow> sources = [];
    private readonly Dictionary<ChunkId, List<ContentPlan>> wanted = [];
    private readonly Dictionary<ChunkId, IChunkSource> inFlight = [];
    private readonly Dictionary<Content, ContentPlan> plans = [];
    private readonly HashSet<Content> impossible = [], leftOut = [];
    private readonly Queue<ContentPlan> ready = new();
    // Nobody has any of their chunks: not in ready, which is gone through for every chunk that comes.
    private readonly HashSet<ContentPlan> stuck = [];
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> unsynced = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly FetchMeter meter;
    private Dictionary<Content, Content> arrived = [];
    private HashSet<ChunkId> growing = [];
    private readonly HashSet<ChunkId> brought = [];
    private int generation;
    private long uncounted;
    private long arrivedBytes, unsyncedBytes;
    private bool mayHaveMore = true, isPaused;
    private Task loop = Task.CompletedTask, syncing = Task.CompletedTask;

    /// <param name="whoHasIt">Tells, for a reader that waited in vain, which devices could have what it lacks.</param>
    public VolumeFetcher(Volume volume, TimeProvider time, Func<string> whoHasIt)
    {
        this.volume = volume;
        this.time = time;
        Demand = new DemandFetcher(volume, time, whoHasIt);
        meter = new FetchMeter(time);
    }

    /// <summary>Told when a cache has grown by a part of its quota. Called under a gate.</summary>
    public Action? OnGrown { get; set; }

    /// <summary>Told when no connected peer has what is asked for. Not called under a gate.</summary>
    public Action? OnStuck { get; set; }

    /// <summary>Whether no connected peer has something that is asked for.</summary>
    public bool IsStuck
    {
        get
        {
            lock (gate) if (plans.Values.Any(IsStuckAt)) return true;
            return Demand.IsStuck;
        }
    }

    /// <summary>What readers wait for, which goes before all else.</summary>
    public DemandFetcher Demand { get; }

    /// <summary>How far it is.</summary>
    public FetchProgress Progress
    {
        get
        {
            var missing = volume.MissingTotals().Bytes;
            lock (gate) return meter.Progress(missing, arrivedBytes + plans.Values.Sum(plan => plan.Received));
        }
    }

    /// <summary>Why the last content could not be fetched; null when nothing stands in the way.</summary>
    public string? Problem { get; private set; }

    /// <summary>Set before the start; later by <see cref="PauseAsync"/>.</summary>
    public bool IsPaused
    {
        get
        {
            lock (gate) return isPaused;
        }
        init => isPaused = value;
    }

    /// <summary>Roots of the contents that are left out, and of those that can never be had.</summary>
    public IReadOnlyList<ChunkId> Skipped
    {
        get
        {
            lock (gate) return [.. leftOut.Concat(impossible).Select(content => content.Root)];
        }
    }

    /// <summary>Stops asking, and takes back what was asked for; or goes on.</summary>
    public async Task PauseAsync(bool pause)
    {
        List<IChunkSource> asked = [];
        lock (gate)
        {
            if (isPaused == pause) return;
            isPaused = pause;
            foreach (var (source, window) in sources)
            {
                if (!pause) continue;
                if (window.Asked > 0) asked.Add(source);
                TakeBack(source);
                window.Clear(time.GetUtcNow());
            }
            FreeStuck();
        }
        foreach (var source in asked)
        {
            try
            {
                await source.UnwantAsync(alsoStreaming: false);
            }
            catch (PeerDriveException)
            {
                // It went away, and sends nothing more.
            }
        }
        Wake();
    }

    /// <summary>
    /// Leaves out the content that stands in the way: one that no connected peer has, else the one that is being fetched.
    /// </summary>
    /// <returns>Its root; null when nothing is planned.</returns>
    public ChunkId? Skip()
    {
        lock (gate)
        {
            var plan = plans.Values.FirstOrDefault(IsStuckAt) ?? plans.Values.FirstOrDefault(each => each.IsUnderWay) ?? plans.Values.FirstOrDefault();
            if (plan is null || leftOut.Count >= SyncLimits.PlannedContents) return null;
            Drop(plan.Content);
            leftOut.Add(KeyOf(plan.Content));
            return plan.Content.Root;
        }
    }

    /// <summary>Fetches again what was left out.</summary>
    public void TryAgain()
    {
        lock (gate) leftOut.Clear();
        Wake();
    }

    /// <summary>A peer sends, if not a whole chunk yet.</summary>
    public void NoteData(IChunkSource source)
    {
        lock (gate)
        {
            if (sources.TryGetValue(source, out var window)) window.LastProgress = time.GetUtcNow();
        }
    }

    public void Start()
    {
        loop = RunAsync();
        syncing = SyncAsync();
        Demand.Start();
        volume.Contents.Supply = Demand;
    }

    /// <summary>There may be more to fetch.</summary>
    public void Wake()
    {
        lock (gate) mayHaveMore = true;
        signal.Writer.TryWrite(true);
    }

    public void AddSource(IChunkSource source)
    {
        lock (gate)
        {
            sources[source] = new SourceWindow(source.Asked) { LastProgress = time.GetUtcNow() };
            FreeStuck();
        }
        Demand.AddSource(source);
        Wake();
    }

    public void RemoveSource(IChunkSource source)
    {
        lock (gate)
        {
            if (sources.Remove(source, out var window))
            {
                TakeBack(source);
                window.Clear(time.GetUtcNow());
            }
            FreeStuck();
        }
        Demand.RemoveSource(source);
        Wake();
    }

    /// <summary>Stores what a peer sent, if it was asked for.</summary>
    /// <returns>False: these bytes are not that chunk's.</returns>
    public bool Receive(IChunkSource source, ReceivedChunk received)
    {
        var chunk = received.Id;
        lock (gate)
        {
            // Late answers to what another peer was asked for meanwhile are no fault.
            var isAsked = inFlight.TryGetValue(chunk, out var asked) && asked == source;
            if (!isAsked && !Demand.IsAsked(source, chunk))
            {
                if (sources.TryGetValue(source, out var late)) late.Settle(chunk, time.GetUtcNow());
                Demand.Settle(source, chunk, received.Plain);
                return true;
            }
        }
        var good = volume.Contents.Chunks.TryPutReceived(received);
        Demand.Received(source, chunk, received.Plain, good);
        lock (gate)
        {
            if (sources.TryGetValue(source, out var window)) window.Settle(chunk, time.GetUtcNow());
            if (good) NoteReceived(received.Plain);
            if (!inFlight.TryGetValue(chunk, out var asked))
            {
                // Brought for a reader: who plans it later need not ask.
                if (good && plans.Count > 0 && brought.Count < SyncLimits.PlannedContents) brought.Add(chunk);
                return good;
            }
            if (!good && asked != source) return good;
            inFlight.Remove(chunk);
            if (!wanted.Remove(chunk, out var waiting)) return good;
            foreach (var plan in waiting)
            {
                if (good) Advance(plan, chunk);
                else Requeue(plan, chunk);
            }
        }
        signal.Writer.TryWrite(true);
        return good;
    }

    /// <summary>A peer has not got a chunk.</summary>
    public void NotHere(IChunkSource source, ChunkId chunk)
    {
        var hasNobody = Demand.NotHere(source, chunk);
        lock (gate)
        {
            hasNobody |= ReturnLacked(source, chunk);
        }
        if (hasNobody) OnStuck?.Invoke();
        signal.Writer.TryWrite(true);
    }

    /// <returns>Whether no connected peer has it.</returns>
    private bool ReturnLacked(IChunkSource source, ChunkId chunk)
    {
        if (!inFlight.TryGetValue(chunk, out var asked) || asked != source) return false;
        inFlight.Remove(chunk);
        if (sources.TryGetValue(source, out var window))
        {
            window.Settle(chunk, time.GetUtcNow());
            window.Lacks.Add(chunk);
        }
        if (wanted.Remove(chunk, out var waiting))
        {
            foreach (var plan in waiting) Requeue(plan, chunk);
        }
        return HasNobody(chunk);
    }

    /// <summary>A peer may have got what it had not.</summary>
    public void ForgetLacks(IChunkSource source)
    {
        Demand.ForgetLacks(source);
        lock (gate)
        {
            if (!sources.TryGetValue(source, out var window) || window.Lacks.Count == 0) return;
            window.Lacks.Clear();
            FreeStuck();
        }
        signal.Writer.TryWrite(true);
    }

    public async ValueTask DisposeAsync()
    {
        volume.Contents.Supply = null;
        await Demand.DisposeAsync();
        stop.Cancel();
        await loop;
        await syncing;
        stop.Dispose();
        // The connections go on with other volumes.
        lock (gate)
        {
            foreach (var window in sources.Values) window.Clear(time.GetUtcNow());
            sources.Clear();
        }
    }

    private void NoteReceived(int bytes)
    {
        meter.Received(bytes);
        if (volume.Replica.Policy is { Kind: PolicyKind.Cache, Quota: var quota } && (uncounted += bytes) > quota / SyncLimits.QuotaParts)
        {
            uncounted = 0;
            OnGrown?.Invoke();
        }
        unsyncedBytes += bytes;
        if (unsyncedBytes < SyncLimits.UnsyncedBytes) return;
        unsyncedBytes = 0;
        unsynced.Writer.TryWrite(true);
    }

    private async Task SyncAsync()
    {
        try
        {
            while (true)
            {
                await unsynced.Reader.ReadAsync(stop.Token);
                SyncChunks();
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    private void SyncChunks()
    {
        try
        {
            volume.Contents.Chunks.Sync();
        }
        catch (PeerDriveException e)
        {
            // Nothing more is stored until the volume is opened again, and whoever stores next is told so.
            Problem = e.Message;
        }
    }

    private async Task RunAsync()
    {
        // Wakes now and then by itself to take chunks back from a peer that fell silent.
        using var timer = time.CreateTimer(_ => signal.Writer.TryWrite(true), null, SyncLimits.FetchTimeout, SyncLimits.FetchTimeout);
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
        try
        {
            NoteArrived();
            Plan();
            List<(IChunkSource Source, List<ChunkId> Chunks)> wants;
            lock (gate)
            {
                TakeBackFromSilent();
                wants = FillWindows();
            }
            foreach (var (source, chunks) in wants) await AskAsync(source, chunks);
            NoteGrowing();
            NoteArrived();
            if (impossible.Count == 0) Problem = null;
        }
        catch (PeerDriveException e)
        {
            // A full disk, say: the next signal tries again, and status shows why nothing comes.
            Problem = e.Message;
        }
    }

    /// <summary>A peer that goes away while it is asked must not keep the others from being asked.</summary>
    private async Task AskAsync(IChunkSource source, List<ChunkId> chunks)
    {
        try
        {
            await source.WantAsync(chunks, isStreaming: false);
        }
        catch (PeerDriveException e)
        {
            Problem = e.Message;
            RemoveSource(source);
        }
    }

    /// <summary>Takes further missing contents into the plan.</summary>
    private void Plan()
    {
        int limit;
        lock (gate)
        {
            DropUnasked();
            if (!mayHaveMore || sources.Count == 0 || plans.Count - stuck.Count >= SyncLimits.PlannedContents / 2 || plans.Count >= SyncLimits.StuckContents) return;
            mayHaveMore = false;
            // What cannot be had now must not keep out what can.
            limit = SyncLimits.PlannedContents + stuck.Count + leftOut.Count + impossible.Count;
        }
        var contents = volume.MissingContents(limit);
        lock (gate)
        {
            mayHaveMore |= contents.Count == limit;
            foreach (var content in contents)
            {
                if (plans.ContainsKey(KeyOf(content)) || arrived.ContainsKey(KeyOf(content)) || impossible.Contains(KeyOf(content)) || leftOut.Contains(KeyOf(content))) continue;
                if (Begin(content) is not { } plan) continue;
                if (plan.IsComplete)
                {
                    Complete(plan);
                    continue;
                }
                plans[KeyOf(content)] = plan;
                ready.Enqueue(plan);
            }
        }
    }

    /// <summary>After a change of what is asked for all is planned anew; what is under way is stored when it comes.</summary>
    private void DropUnasked()
    {
        var now = volume.Replica.Generation;
        if (now == generation) return;
        generation = now;
        plans.Clear();
        stuck.Clear();
        ready.Clear();
        brought.Clear();
        mayHaveMore = true;
    }

    /// <summary>How a content was cut says nothing about where its bytes are.</summary>
    private static Content KeyOf(Content content) => content with { Chunking = 0 };

    /// <summary>A plan; null when the content can never be had, which must not keep the others from being fetched.</summary>
    private ContentPlan? Begin(Content content)
    {
        try
        {
            return new ContentPlan(content, volume.Contents);
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt)
        {
            GiveUp(content, e);
            return null;
        }
    }

    /// <summary>The chunks are what their ids say, so their author made a list that is none.</summary>
    private void GiveUp(Content content, PeerDriveException e)
    {
        Problem = e.Message;
        Drop(content);
        if (impossible.Count < SyncLimits.PlannedContents) impossible.Add(KeyOf(content));
    }

    private List<(IChunkSource, List<ChunkId>)> FillWindows()
    {
        var wants = new List<(IChunkSource, List<ChunkId>)>();
        if (isPaused) return wants;
        foreach (var (source, window) in sources)
        {
            var chunks = new List<ChunkId>();
            var skipped = new List<ContentPlan>();
            // Asking for a few at a time would cost a message each: wait until a quarter of the window is free.
            if (!window.HasRoom) continue;
            while (!window.IsFull && ready.TryDequeue(out var plan))
            {
                if (leftOut.Contains(KeyOf(plan.Content))) continue;
                var lacks = false;
                while (!window.IsFull && plan.TryTake(out var chunk, out var bytes))
                {
                    if (window.Lacks.Contains(chunk))
                    {
                        plan.Return(chunk);
                        lacks = true;
                        break;
                    }
                    if (brought.Remove(chunk))
                    {
                        Advance(plan, chunk);
                        continue;
                    }
                    if (wanted.TryGetValue(chunk, out var others))
                    {
                        others.Add(plan);
                        continue;
                    }
                    wanted[chunk] = [plan];
                    inFlight[chunk] = source;
                    window.Ask(chunk, bytes, time.GetUtcNow());
                    chunks.Add(chunk);
                    if (chunks.Count < SyncLimits.WantChunks) continue;
                    wants.Add((source, chunks));
                    chunks = [];
                }
                if (lacks && plan.Open.All(HasNobody))
                {
                    stuck.Add(plan);
                    // Another content may be planned in its place, though nothing comes that would lead to that.
                    signal.Writer.TryWrite(true);
                }
                else if (lacks || window.IsFull)
                {
                    skipped.Add(plan);
                }
            }
            foreach (var plan in skipped) ready.Enqueue(plan);
            if (chunks.Count > 0) wants.Add((source, chunks));
        }
        return wants;
    }

    private void TakeBackFromSilent()
    {
        var now = time.GetUtcNow();
        foreach (var (source, window) in sources)
        {
            if (source.IsHeldBack) window.LastProgress = now;
            if (now - window.LastProgress <= window.Patience) continue;
            // Silent with chunks owed: another may send them. Idle: it may have got by now what it lacked.
            TakeBack(source);
            window.Clear(now);
            FreeStuck();
        }
    }

    private bool IsStuckAt(ContentPlan plan) => plan.Next is { } chunk && HasNobody(chunk);

    /// <summary>Whether all connected peers said that they have not got a chunk.</summary>
    private bool HasNobody(ChunkId chunk) => sources.Values.All(window => window.Lacks.Contains(chunk));

    /// <summary>Somebody may have what nobody had.</summary>
    private void FreeStuck()
    {
        foreach (var plan in stuck) ready.Enqueue(plan);
        stuck.Clear();
    }

    private void MakeReady(ContentPlan plan)
    {
        stuck.Remove(plan);
        ready.Enqueue(plan);
    }

    private void Drop(Content content)
    {
        if (plans.Remove(KeyOf(content), out var plan)) stuck.Remove(plan);
    }

    private void TakeBack(IChunkSource source)
    {
        foreach (var chunk in inFlight.Where(pair => pair.Value == source).Select(pair => pair.Key).ToList())
        {
            inFlight.Remove(chunk);
            if (!wanted.Remove(chunk, out var waiting)) continue;
            foreach (var plan in waiting) Requeue(plan, chunk);
        }
    }

    private bool IsPlanned(ContentPlan plan) => plans.GetValueOrDefault(KeyOf(plan.Content)) == plan;

    private void Requeue(ContentPlan plan, ChunkId chunk)
    {
        if (!IsPlanned(plan)) return;
        plan.Return(chunk);
        MakeReady(plan);
    }

    private void Advance(ContentPlan plan, ChunkId chunk)
    {
        try
        {
            plan.Arrived(chunk);
        }
        catch (PeerDriveException e)
        {
            GiveUp(plan.Content, e);
            return;
        }
        if (plan.IsComplete)
        {
            Complete(plan);
            return;
        }
        if (!IsPlanned(plan)) return;
        MakeReady(plan);
        if (plan.Received - plan.Told < Math.Max(SyncLimits.GrowthBytes, (long)(plan.Content.Size / SyncLimits.GrowthSteps))) return;
        plan.Told = plan.Received;
        growing.Add(plan.Content.Root);
    }

    private void Complete(ContentPlan plan)
    {
        Drop(plan.Content);
        if (arrived.TryAdd(KeyOf(plan.Content), plan.Content)) arrivedBytes += (long)plan.Content.Size;
    }

    private void NoteGrowing()
    {
        HashSet<ChunkId> roots;
        lock (gate)
        {
            if (growing.Count == 0) return;
            roots = growing;
            growing = [];
        }
        volume.NoteGrowing(roots);
    }

    /// <summary>Tells the volume what arrived, when it is enough or nothing more is under way.</summary>
    private void NoteArrived()
    {
        Dictionary<Content, Content> contents;
        lock (gate)
        {
            var isEnough = arrived.Count >= SyncLimits.ArrivedContents || arrivedBytes >= SyncLimits.ArrivedBytes || inFlight.Count == 0;
            if (arrived.Count == 0 || !isEnough) return;
            contents = arrived;
            arrived = [];
            arrivedBytes = 0;
        }
        volume.ContentsArrived(contents.Values);
        var isDone = volume.MissingTotals().Contents == 0;
        lock (gate)
        {
            meter.Noted(contents.Values.Sum(content => (long)content.Size));
            if (isDone) meter.Reset();
        }
    }
}
