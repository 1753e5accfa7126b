namespace PeerDrive.Transport.Limiting;

/// <summary>Bytes in a second over the last few seconds. Thread-safe.</summary>
public sealed class RateMeter(TimeProvider time)
{
    private const int Slots = 8;
    private const double SlotSeconds = 0.5;

    private readonly Lock gate = new();
    private readonly long[] counts = new long[Slots];
    private readonly long began = time.GetTimestamp();
    private long last;

    public long PerSecond
    {
        get
        {
            lock (gate)
            {
                Turn();
                return (long)(counts.Sum() / (Slots * SlotSeconds));
            }
        }
    }

    public void Add(long bytes)
    {
        lock (gate)
        {
            Turn();
            counts[last % Slots] += bytes;
        }
    }

    private void Turn()
    {
        var now = (long)(time.GetElapsedTime(began).TotalSeconds / SlotSeconds);
        for (var slot = Math.Max(last + 1, now - Slots + 1); slot <= now; slot++) counts[slot % Slots] = 0;
        last = Math.Max(last, now);
    }
}
