namespace PeerDrive.Transport.Limiting;

/// <summary>One direction of one connection: what its own limit and that of all connections together allow. Thread-safe.</summary>
public sealed class Throttle(RateBucket own, RateBucket total)
{
    /// <summary>Nobody waits for longer without looking again: limits change.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    public bool IsLimited => own.Rate > 0 || total.Rate > 0;

    /// <inheritdoc cref="RateBucket.TryTake"/>
    public bool TryTake(long bytes)
    {
        if (!own.TryTake(bytes)) return false;
        if (total.TryTake(bytes)) return true;
        own.GiveBack(bytes);
        return false;
    }

    /// <inheritdoc cref="RateBucket.Count"/>
    public void Count(long bytes)
    {
        own.Count(bytes);
        total.Count(bytes);
    }

    /// <inheritdoc cref="RateBucket.GiveBack"/>
    public void GiveBack(long bytes)
    {
        own.GiveBack(bytes);
        total.GiveBack(bytes);
    }

    /// <summary>When to look again whether bytes can be taken; zero: now.</summary>
    public TimeSpan Wait(long bytes)
    {
        var first = own.Wait(bytes);
        var second = total.Wait(bytes);
        var longer = first > second ? first : second;
        return longer > LongestWait ? LongestWait : longer;
    }
}
