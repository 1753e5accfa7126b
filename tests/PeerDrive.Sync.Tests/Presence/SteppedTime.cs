namespace PeerDrive.Sync.Tests.Presence;

/// <summary>A clock that stands still until it is moved. It has no timers.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private DateTimeOffset now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    public void Advance(TimeSpan by) => now += by;
}
