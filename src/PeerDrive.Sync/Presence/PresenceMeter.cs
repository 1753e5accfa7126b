namespace PeerDrive.Sync.Presence;

/// <summary>How much one peer may still bring or ask: a flood is dropped unread, and costs nobody else anything. Not thread-safe.</summary>
internal sealed class PresenceMeter
{
    private readonly TimeProvider time;
    private readonly double burst, perSecond;
    private double left;
    private long last;

    public PresenceMeter(TimeProvider time, double burst, double perSecond)
    {
        this.time = time;
        this.burst = burst;
        this.perSecond = perSecond;
        left = burst;
        last = time.GetTimestamp();
    }

    public bool Admits()
    {
        var now = time.GetTimestamp();
        left = Math.Min(burst, left + (time.GetElapsedTime(last, now).TotalSeconds * perSecond));
        last = now;
        if (left < 1) return false;
        left--;
        return true;
    }
}
