using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// Holds local commits back while a peer sends changesets of this device that are not here: after an old image was restored, a commit
/// before they came would fork the log. Bounded: who claims more than it sends is believed once. Thread-safe.
/// </summary>
internal sealed class OwnLogWait(TimeProvider time) : IDisposable
{
    /// <summary>Without one more of the own changesets for this long, commits go on, and no peer is waited for again.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<object, HashSet<ChangesetHash>> awaited = [];
    private TaskCompletionSource? waiting;
    private ITimer? timer;
    private bool isOver;

    /// <summary>Ends when commits may go on.</summary>
    public Task Ended
    {
        get
        {
            lock (gate) return waiting?.Task ?? Task.CompletedTask;
        }
    }

    /// <param name="from">The peer that could send them.</param>
    public void Begin(object from, IEnumerable<ChangesetHash> own)
    {
        lock (gate)
        {
            HashSet<ChangesetHash> further = [.. own];
            if (isOver || further.Count == 0) return;
            if (awaited.TryGetValue(from, out var before)) before.UnionWith(further);
            else awaited[from] = further;
            waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            timer ??= time.CreateTimer(_ => GiveUp(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(Limit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Some own changesets came.</summary>
    public void Progress(Func<ChangesetHash, bool> isHere)
    {
        TaskCompletionSource? ended;
        lock (gate)
        {
            if (waiting is null) return;
            foreach (var (from, hashes) in awaited)
            {
                hashes.RemoveWhere(hash => isHere(hash));
                if (hashes.Count == 0) awaited.Remove(from);
            }
            if (awaited.Count > 0)
            {
                timer!.Change(Limit, Timeout.InfiniteTimeSpan);
                return;
            }
            ended = TakeWaiting();
        }
        ended?.TrySetResult();
    }

    /// <summary>A peer is gone. With the last one that could send what commits wait for, these go on.</summary>
    public void End(object from)
    {
        TaskCompletionSource? ended;
        lock (gate)
        {
            if (!awaited.Remove(from) || awaited.Count > 0) return;
            ended = TakeWaiting();
        }
        ended?.TrySetResult();
    }

    /// <summary>Lets commits go on, and never holds them back again.</summary>
    public void GiveUp()
    {
        TaskCompletionSource? ended;
        lock (gate)
        {
            isOver = true;
            ended = TakeWaiting();
        }
        ended?.TrySetResult();
    }

    public void Dispose()
    {
        GiveUp();
        timer?.Dispose();
    }

    /// <summary>Ends the wait, but for its task, which is not to be completed under the gate.</summary>
    private TaskCompletionSource? TakeWaiting()
    {
        var taken = waiting;
        waiting = null;
        awaited.Clear();
        timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return taken;
    }
}
