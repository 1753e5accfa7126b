using PeerDrive.Model.Errors;

namespace PeerDrive.Sync.Fetching;

/// <summary>A range that a reader waits for, or is expected to read.</summary>
internal sealed class ReadDemand(RangePlan plan, bool isWaiting, long now)
{
    // Continuations stay on the scheduler; a reader goes elsewhere by itself.
    private readonly TaskCompletionSource done = new();

    public RangePlan Plan => plan;

    public bool IsWaiting => isWaiting;

    public Task Done => done.Task;

    /// <summary>When a chunk of it came last, or it began.</summary>
    public long LastProgress { get; set; } = now;

    /// <summary>Why it can not be met; null: it still may be.</summary>
    public PeerDriveException? Failure { get; set; }

    public bool IsOver => Failure is not null || plan.IsComplete;

    /// <summary>Lets the reader go on. Not under a gate.</summary>
    public void End()
    {
        if (Failure is null) done.TrySetResult();
        else done.TrySetException(Failure);
    }

    public void Cancel(CancellationToken cancellation) => done.TrySetCanceled(cancellation);
}
