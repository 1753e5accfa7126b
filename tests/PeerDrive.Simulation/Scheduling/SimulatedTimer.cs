namespace PeerDrive.Simulation.Scheduling;

/// <summary>A timer of simulated time; its callback runs on the scheduler that made it.</summary>
internal sealed class SimulatedTimer(World world, TimerCallback callback, object? state, TaskScheduler scheduler) : ITimer
{
    private int setting;
    private TimeSpan period = Timeout.InfiniteTimeSpan;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        setting++;
        this.period = period;
        if (dueTime != Timeout.InfiniteTimeSpan) world.Schedule(this, setting, world.Now + dueTime.Ticks);
        return true;
    }

    public void Fire(int fired)
    {
        if (fired != setting) return;
        if (period > TimeSpan.Zero) world.Schedule(this, setting, world.Now + period.Ticks);
        new Task(() => callback(state)).Start(scheduler);
    }

    public void Dispose() => setting++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
