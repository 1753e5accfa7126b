using System.Collections.Concurrent;

namespace PeerDrive.FileSystem.Tests.Views;

/// <summary>Runs as many tasks as it is allowed, each on a thread of its own; others wait.</summary>
internal sealed class HeldScheduler : TaskScheduler, IDisposable
{
    private readonly ConcurrentQueue<Task> waiting = new();
    private readonly Lock gate = new();
    private int allowed;

    public void Release(int tasks)
    {
        lock (gate) allowed += tasks;
        Run();
    }

    public void ReleaseAll() => Release(1 << 20);

    public void Dispose() => ReleaseAll();

    protected override void QueueTask(Task task)
    {
        waiting.Enqueue(task);
        Run();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => waiting;

    private void Run()
    {
        lock (gate)
        {
            while (allowed > 0 && waiting.TryDequeue(out var task))
            {
                allowed--;
                new Thread(() => TryExecuteTask(task)) { IsBackground = true }.Start();
            }
        }
    }
}
