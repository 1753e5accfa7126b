namespace PeerDrive.Transport.Limiting;

/// <summary>
/// Tokens for one direction: in any span of t seconds at most Rate × t + <see cref="Burst"/> bytes are taken, and one taker's bytes more
/// when those are more than the burst. What is only counted is never refused and holds up those who take. Thread-safe.
/// </summary>
public sealed class RateBucket(TimeProvider time)
{
    /// <summary>A burst is at least this: a frame of content.</summary>
    public const long LeastBurst = 64 * 1024;

    /// <summary>Burst in seconds of the rate: longer than a busy machine lets a timer wait, and 2.5 % of ten seconds.</summary>
    private const double BurstSeconds = 0.25;

    /// <summary>What was counted holds others up for no longer than this.</summary>
    private const double DebtSeconds = 10;

    private readonly Lock gate = new();
    private long rate;
    private double tokens;
    private long refilled = time.GetTimestamp();

    /// <summary>Bytes in a second; 0: no limit. A change counts at once and gives nothing for free.</summary>
    public long Rate
    {
        get
        {
            lock (gate) return rate;
        }
        set
        {
            lock (gate)
            {
                Refill();
                if (rate == 0) tokens = 0;
                rate = value;
                tokens = Math.Clamp(tokens, -DebtSeconds * rate, Burst);
            }
        }
    }

    /// <summary>Bytes that may be taken at once after a pause.</summary>
    public long Burst => Math.Max(LeastBurst, (long)(rate * BurstSeconds));

    /// <summary>Takes bytes if that is allowed now.</summary>
    public bool TryTake(long bytes)
    {
        lock (gate)
        {
            if (rate == 0) return true;
            Refill();
            if (tokens < Math.Min(bytes, Burst)) return false;
            tokens -= bytes;
            return true;
        }
    }

    /// <summary>Notes bytes that cannot wait.</summary>
    public void Count(long bytes)
    {
        lock (gate)
        {
            if (rate == 0) return;
            Refill();
            tokens = Math.Max(tokens - bytes, -DebtSeconds * rate);
        }
    }

    /// <summary>Gives back what was taken and not used.</summary>
    public void GiveBack(long bytes)
    {
        lock (gate)
        {
            if (rate == 0) return;
            Refill();
            tokens = Math.Min(tokens + bytes, Burst);
        }
    }

    /// <summary>How long until <see cref="TryTake"/> would allow it, if nobody else takes.</summary>
    public TimeSpan Wait(long bytes)
    {
        lock (gate)
        {
            if (rate == 0) return TimeSpan.Zero;
            Refill();
            var lacking = Math.Min(bytes, Burst) - tokens;
            return lacking <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(lacking / rate);
        }
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        tokens = Math.Min(tokens + (time.GetElapsedTime(refilled, now).TotalSeconds * rate), Burst);
        refilled = now;
    }
}
