namespace PeerDrive.Simulation.Scheduling;

/// <summary>Time as one device sees it: its wall clock may be wrong and may jump, its spans are right.</summary>
internal sealed class SimulatedClock(World world, TaskScheduler fallback) : TimeProvider
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => world.Now;

    public override DateTimeOffset GetUtcNow() => Beginning + TimeSpan.FromTicks(world.Now) + Skew;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(world, callback, state, TaskScheduler.Current is SimulatedScheduler own ? own : fallback);
        timer.Change(dueTime, period);
        return timer;
    }
}
