namespace PeerDrive.Simulation.Scheduling;

/// <summary>
/// One thread on which everything happens, and the time that passes only when nothing is left to do. Which of several schedulers goes on
/// is chosen by the seed; the tasks of one run in the order in which they came.
/// </summary>
internal sealed class World(int seed)
{
    private readonly Random random = new(seed);
    private readonly List<SimulatedScheduler> schedulers = [];
    private readonly PriorityQueue<(SimulatedTimer Timer, int Setting), (long Due, long Order)> timers = new();
    private readonly int thread = Environment.CurrentManagedThreadId;
    private long order;

    /// <summary>Called after each task.</summary>
    public Action AfterTask { get; set; } = () => { };

    /// <summary>Ticks of 100 ns since the world began.</summary>
    public long Now { get; private set; }

    public long Tasks { get; private set; }

    /// <summary>Where work left the thread; null when it never did.</summary>
    public string? Escape { get; private set; }

    public SimulatedScheduler NewScheduler()
    {
        schedulers.RemoveAll(scheduler => scheduler.IsDead);
        var scheduler = new SimulatedScheduler(this);
        schedulers.Add(scheduler);
        return scheduler;
    }

    /// <summary>Runs for a span of simulated time.</summary>
    public void Run(TimeSpan span)
    {
        var end = Now + span.Ticks;
        while (true)
        {
            RunTasks();
            if (!timers.TryPeek(out _, out var next) || next.Due > end) break;
            var (timer, setting) = timers.Dequeue();
            Now = Math.Max(Now, next.Due);
            timer.Fire(setting);
        }
        Now = end;
    }

    public void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != thread) Escape ??= Environment.StackTrace;
    }

    internal void Schedule(SimulatedTimer timer, int setting, long due)
    {
        CheckThread();
        timers.Enqueue((timer, setting), (due, ++order));
    }

    private void RunTasks()
    {
        var ready = new List<SimulatedScheduler>();
        var limit = Tasks + 50_000;
        while (true)
        {
            ready.Clear();
            foreach (var scheduler in schedulers)
            {
                if (!scheduler.IsIdle) ready.Add(scheduler);
            }
            if (ready.Count == 0) return;
            ready[ready.Count == 1 ? 0 : random.Next(ready.Count)].RunNext();
            AfterTask();
            if (++Tasks > limit) throw new InvalidOperationException("The world does not come to rest.");
        }
    }
}
