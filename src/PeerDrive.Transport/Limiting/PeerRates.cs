using PeerDrive.Model.Identifiers;

namespace PeerDrive.Transport.Limiting;

/// <summary>
/// Limits and rates of one connection. Up, content waits in the send queue. Down, it is not asked for sooner than it may come; whoever
/// asks takes from <see cref="Down"/>. Frames without content are counted and never wait.
/// </summary>
public sealed class PeerRates : IDisposable
{
    private readonly RateLimits limits;
    private readonly RateBucket up, down;
    private readonly RateMeter sent, received;

    internal PeerRates(RateLimits limits, DeviceId device, TimeProvider time)
    {
        this.limits = limits;
        Device = device;
        up = new RateBucket(time);
        down = new RateBucket(time);
        sent = new RateMeter(time);
        received = new RateMeter(time);
        Up = new Throttle(up, limits.Up);
        Down = new Throttle(down, limits.Down);
    }

    public DeviceId Device { get; }

    public Throttle Up { get; }

    public Throttle Down { get; }

    public long SentPerSecond => sent.PerSecond;

    public long ReceivedPerSecond => received.PerSecond;

    /// <summary>The connection has ended.</summary>
    public void Dispose() => limits.Close(this);

    internal void Apply(DirectionRates rates)
    {
        up.Rate = rates.Up;
        down.Rate = rates.Down;
    }

    /// <summary>A frame went out; the send queue has taken or counted it.</summary>
    internal void NoteSent(int bytes)
    {
        sent.Add(bytes);
        limits.Sent.Add(bytes);
    }

    /// <summary>A frame came in.</summary>
    internal void NoteReceived(int bytes)
    {
        received.Add(bytes);
        limits.Received.Add(bytes);
        Down.Count(bytes);
    }
}
