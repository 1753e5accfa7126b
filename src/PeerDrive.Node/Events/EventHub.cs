using System.Security.Cryptography;
using System.Text.Json;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Events;

/// <summary>
/// What happens on the node, for whoever listens: the last <see cref="Remembered"/> events, so that a listener which was away for a while
/// misses none. Without listeners it only notes what volumes tell. Thread-safe.
/// </summary>
internal sealed class EventHub : IAsyncDisposable
{
    public const int Remembered = 4_096, MaxListeners = 512;

    private const int MaxPaths = 64;

    /// <summary>What comes in such a span is told together.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(100), Pulse = TimeSpan.FromSeconds(1);

    private readonly NodeCore core;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly Queue<NodeEvent> events = new();
    private readonly Dictionary<VolumeId, Task> watches = [];
    private readonly string origin = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long last;
    private int listeners;
    private bool isPulsing, isEnded;
    private Task pulse = Task.CompletedTask;

    public EventHub(NodeCore core) => this.core = core;

    /// <summary>Follows the volumes that are open.</summary>
    public void Start() => WatchVolumes();

    /// <summary>Ends what listeners are told, so that nobody waits for them when the node stops.</summary>
    public void End()
    {
        if (!Interlocked.Exchange(ref isEnded, true)) stop.Cancel();
    }

    /// <summary>Tells events from a place on, and then as they come, until it is cancelled or the hub ends.</summary>
    /// <param name="after">An event's id; null: from now on.</param>
    /// <param name="tell">Null: nothing came for a while; also at once, when it begins.</param>
    /// <exception cref="PeerDriveException">Busy: too many listen.</exception>
    public async Task ListenAsync(string? after, TimeSpan patience, Func<NodeEvent?, Task> tell, CancellationToken cancellation)
    {
        Enter();
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stop.Token);
            var at = Place(after);
            await tell(null).ConfigureAwait(false);
            if (at is null) await tell(Make("reset", Last, null, [], true)).ConfigureAwait(false);
            var next = (at ?? Last) + 1;
            while (!either.IsCancellationRequested)
            {
                var (batch, isGap, more) = Since(next);
                if (isGap) await tell(Make("reset", Last, null, [], true)).ConfigureAwait(false);
                foreach (var happened in batch) await tell(happened).ConfigureAwait(false);
                if (isGap) next = Last + 1;
                else if (batch.Count > 0) next = Number(batch[^1].Id)!.Value + 1;
                else if (!await IsInTimeAsync(more, patience, either.Token).ConfigureAwait(false)) await tell(null).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested || stop.IsCancellationRequested)
        {
            // The usual end.
        }
        finally
        {
            lock (gate) listeners--;
        }
    }

    public async ValueTask DisposeAsync()
    {
        End();
        Task[] all;
        lock (gate) all = [.. watches.Values, pulse];
        await Task.WhenAll(all).ConfigureAwait(false);
        stop.Dispose();
    }

    private long Last => Interlocked.Read(ref last);

    private void Enter()
    {
        lock (gate)
        {
            if (listeners == MaxListeners) throw new PeerDriveException(ErrorKind.Busy, $"{MaxListeners} programs listen for events already.");
            listeners++;
            if (isPulsing || stop.IsCancellationRequested) return;
            isPulsing = true;
            pulse = PulseAsync();
        }
    }

    private static async Task<bool> IsInTimeAsync(Task more, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            await more.WaitAsync(patience, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private (IReadOnlyList<NodeEvent> Batch, bool IsGap, Task More) Since(long next)
    {
        lock (gate)
        {
            var first = last - events.Count + 1;
            return next < first ? ([], true, arrived.Task) : ([.. events.Skip((int)(next - first))], false, arrived.Task);
        }
    }

    /// <summary>The number of an event of this hub; null: it is of another start of the node, or none.</summary>
    private long? Place(string? after)
    {
        if (string.IsNullOrEmpty(after)) return Last;
        return after.StartsWith(origin + "-", StringComparison.Ordinal) && Number(after) is { } number && number <= Last ? number : null;
    }

    private static long? Number(string id) => long.TryParse(id.AsSpan(id.IndexOf('-') + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;

    private NodeEvent Make(string kind, long number, string? volume, IReadOnlyList<string> paths, bool hasMore) => new($"{origin}-{number}", kind, core.Time.GetUtcNow(), volume, paths, hasMore);

    private void Publish(string kind, string? volume, IReadOnlyList<string> paths, bool hasMore)
    {
        TaskCompletionSource told;
        lock (gate)
        {
            events.Enqueue(Make(kind, ++last, volume, paths, hasMore));
            if (events.Count > Remembered) events.Dequeue();
            (told, arrived) = (arrived, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        told.SetResult();
    }

    private void WatchVolumes()
    {
        List<Volume> added = [];
        lock (gate)
        {
            if (stop.IsCancellationRequested) return;
            foreach (var volume in core.Volumes.Shown)
            {
                if (watches.ContainsKey(volume.Id)) continue;
                watches[volume.Id] = WatchAsync(volume, volume.Subscribe());
                added.Add(volume);
            }
        }
        foreach (var volume in added) Publish("changes", volume.Id.ToHex(), [], true);
    }

    private async Task WatchAsync(Volume volume, ChangeSubscription changes)
    {
        using (changes)
        {
            try
            {
                while (true)
                {
                    await changes.WaitAsync(stop.Token).ConfigureAwait(false);
                    await Task.Delay(Together, core.Time, stop.Token).ConfigureAwait(false);
                    Tell(volume, changes.Take());
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The node stops.
            }
        }
    }

    private void Tell(Volume volume, VolumeChange change)
    {
        var id = volume.Id.ToHex();
        if (change.IsOverflow || change.Entries.Count > 0 || change.HasChangesets)
        {
            var entries = change.Entries.Take(MaxPaths).Select(volume.Reader.Get).OfType<EntryView>();
            Publish("changes", id, [.. entries.Select(entry => volume.Reader.PathOf(entry.Id))], change.IsOverflow || change.Entries.Count > MaxPaths);
        }
        if (change.Contents.Count > 0) Publish("contents", id, [], false);
    }

    /// <summary>Notes what nothing tells of, while somebody listens.</summary>
    private async Task PulseAsync()
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Pulse, core.Time);
        byte[] shown = [];
        try
        {
            while (true)
            {
                lock (gate)
                {
                    isPulsing = listeners > 0;
                    if (!isPulsing) return;
                }
                WatchVolumes();
                var now = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new
                {
                    Peers = PeerViews.All(core),
                    Jobs = JobViews.All(core),
                    Volumes = core.Volumes.Shown.Select(volume => VolumeViews.Of(core, volume)),
                    Paused = core.Pauses.Status,
                    core.Volumes.Problems,
                }));
                if (shown.Length > 0 && !now.AsSpan().SequenceEqual(shown)) Publish("status", null, [], false);
                shown = now;
                await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The node stops.
        }
    }
}
