namespace PeerDrive.Simulation.Scheduling;

/// <summary>
/// The tasks of one part of the world: of the network, or of one run of one node. Runs nothing by itself: <see cref="World"/> does.
/// Once killed it drops what it has and what comes, as a process that is gone.
/// </summary>
internal sealed class SimulatedScheduler(World world) : TaskScheduler
{
    private readonly Queue<Task> queue = new();

    public override int MaximumConcurrencyLevel => 1;

    public bool IsDead { get; private set; }

    public bool IsIdle => queue.Count == 0;

    public void Kill()
    {
        IsDead = true;
        queue.Clear();
    }

    public Task Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    public void RunNext() => TryExecuteTask(queue.Dequeue());

    protected override void QueueTask(Task task)
    {
        world.CheckThread();
        if (!IsDead) queue.Enqueue(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => queue;
}
