namespace PeerDrive.Transport.Tests;

/// <summary>A scheduler that runs everything on the test's own thread, in the order in which it was queued.</summary>
internal sealed class OneThread : TaskScheduler
{
    private readonly Lock gate = new();
    private readonly Queue<Task> queue = new();

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs <paramref name="story"/> to its end, moving the clock by a millisecond whenever there is nothing else to do.</summary>
    public static T Run<T>(Func<Task<T>> story, ManualTimeProvider time)
    {
        // The test runner's context would draw every continuation away from the scheduler.
        var runners = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var scheduler = new OneThread();
        var whole = Task.Factory.StartNew(story, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
        for (var steps = 0; !whole.IsCompleted && steps < 1_000_000; steps++)
        {
            while (scheduler.TryNext() is { } task) scheduler.TryExecuteTask(task);
            if (!whole.IsCompleted) time.Advance(TimeSpan.FromMilliseconds(1));
        }
        SynchronizationContext.SetSynchronizationContext(runners);
        Assert.True(whole.IsCompleted, "The story does not end.");
        return whole.GetAwaiter().GetResult();
    }

    protected override void QueueTask(Task task)
    {
        lock (gate) queue.Enqueue(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => queue;

    private Task? TryNext()
    {
        lock (gate) return queue.TryDequeue(out var task) ? task : null;
    }
}
