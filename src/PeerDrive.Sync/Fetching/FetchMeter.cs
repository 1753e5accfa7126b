namespace PeerDrive.Sync.Fetching;

/// <summary>Counts what was fetched. Used under the fetcher's gate.</summary>
internal sealed class FetchMeter(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10), Step = TimeSpan.FromSeconds(1);

    private readonly Queue<(long Timestamp, long Received)> samples = new();
    private long noted, received, lastSample;

    /// <summary>Bytes of a chunk came.</summary>
    public void Received(int bytes)
    {
        var now = time.GetTimestamp();
        if (samples.Count == 0 || time.GetElapsedTime(lastSample, now) >= Step)
        {
            samples.Enqueue((now, received));
            lastSample = now;
        }
        received += bytes;
        while (samples.Count > 1 && time.GetElapsedTime(samples.Peek().Timestamp, now) > Window) samples.Dequeue();
    }

    /// <summary>Contents are whole, and no longer missing.</summary>
    public void Noted(long bytes) => noted += bytes;

    /// <summary>Nothing is missing: what comes from now on is counted anew.</summary>
    public void Reset() => noted = 0;

    /// <param name="underWay">Bytes here of contents that still count as missing.</param>
    public FetchProgress Progress(long missing, long underWay)
    {
        long perSecond = 0;
        if (samples.TryPeek(out var first) && time.GetElapsedTime(lastSample) <= Window)
            perSecond = (long)((received - first.Received) / Math.Max(1, time.GetElapsedTime(first.Timestamp).TotalSeconds));
        return new FetchProgress(noted + Math.Min(underWay, missing), noted + missing, perSecond);
    }
}
