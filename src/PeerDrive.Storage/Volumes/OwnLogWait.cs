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
    private HashSet<ChangesetHash> awaited = [];
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

    public void Begin(IEnumerable<ChangesetHash> own)
    {
        lock (gate)
        {
            if (isOver) return;
            awaited.UnionWith(own);
            if (awaited.Count == 0) return;
            waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            timer ??= time.CreateTimer(_ => End(giveUp: true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(Limit, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Some own changesets came.</summary>
    public void Progress(Func<ChangesetHash, bool> isHere)
    {
        lock (gate)
        {
            if (waiting is null) return;
            awaited.RemoveWhere(hash => isHere(hash));
            if (awaited.Count > 0)
            {
                timer!.Change(Limit, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        End(giveUp: false);
    }

    /// <summary>Lets commits go on: nobody is there any more who could send what they wait for.</summary>
    /// <param name="giveUp">And never waits again.</param>
    public void End(bool giveUp)
    {
        TaskCompletionSource? ended;
        lock (gate)
        {
            isOver |= giveUp;
            (ended, waiting) = (waiting, null);
            awaited = [];
            timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        ended?.TrySetResult();
    }

    public void Dispose()
    {
        End(giveUp: true);
        timer?.Dispose();
    }
}
