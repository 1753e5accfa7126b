using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Fetching;

/// <summary>A peer as readers are served by it: what it was asked for, and how fast it answers. Used under the gate of <see cref="DemandFetcher"/>.</summary>
internal sealed class StreamSource(IChunkSource source)
{
    /// <summary>Bytes a second of a peer that has not sent anything yet: enough to be tried, not enough to be relied on.</summary>
    private const double FirstRate = 1 << 20;

    /// <summary>How much of what was measured before still counts after one more chunk.</summary>
    private const double Fading = 0.8;

    private readonly Dictionary<ChunkId, (long Bytes, long At, TimeSpan Due)> asked = [];
    private readonly Dictionary<ChunkId, long> lacks = [];
    private long outstanding, lastArrival;
    private double bytes, seconds;

    public IChunkSource Source => source;

    /// <summary>When data for readers came last.</summary>
    public long LastData { get; set; }

    public IReadOnlyCollection<ChunkId> Asked => asked.Keys;

    /// <summary>Bytes a second.</summary>
    public double Rate => seconds > 0 ? bytes / seconds : FirstRate;

    /// <summary>More is asked ahead only as long as less than this is under way.</summary>
    public bool HasRoom => asked.Count < SyncLimits.StreamChunks && outstanding < Math.Clamp((long)(Rate * SyncLimits.StreamTime.TotalSeconds), SyncLimits.LeastStreamBytes, SyncLimits.WindowBytes);

    /// <summary>When a further chunk would be here.</summary>
    public TimeSpan TimeFor(long size) => TimeSpan.FromSeconds(Math.Min((outstanding + size) / Math.Max(1, Rate), 1e6));

    public bool MayHave(ChunkId chunk, long now, TimeProvider time)
    {
        if (!lacks.TryGetValue(chunk, out var told)) return true;
        if (time.GetElapsedTime(told, now) < SyncLimits.AskAgain) return false;
        lacks.Remove(chunk);
        return true;
    }

    /// <summary>It may have got what it had not.</summary>
    public void ForgetLacks() => lacks.Clear();

    public bool IsAsked(ChunkId chunk) => asked.ContainsKey(chunk);

    public void Ask(ChunkId chunk, long size, long now)
    {
        // Twice what it should take, and within bounds: then another is asked as well.
        var due = TimeFor(size) * 2;
        due = due < SyncLimits.LeastOverdue ? SyncLimits.LeastOverdue : due > SyncLimits.MostOverdue ? SyncLimits.MostOverdue : due;
        if (asked.TryAdd(chunk, (size, now, due))) outstanding += size;
    }

    /// <summary>Whether a chunk that it was asked for should be here by now.</summary>
    public bool IsOverdue(ChunkId chunk, long now, TimeProvider time) => asked.TryGetValue(chunk, out var ask) && time.GetElapsedTime(ask.At, now) > ask.Due;

    /// <summary>Chunks that it was asked for so long ago, without sending anything since, that it has forgotten them.</summary>
    public IReadOnlyList<ChunkId> Owed(long now, TimeProvider time) =>
        [.. asked.Where(ask => time.GetElapsedTime(Math.Max(ask.Value.At, LastData), now) > SyncLimits.FetchTimeout).Select(ask => ask.Key)];

    /// <summary>It was so slow that another had to be asked.</summary>
    public void NoteSlow() => (bytes, seconds) = (Rate / 2, 1);

    /// <summary>It answered for a chunk.</summary>
    /// <param name="received">Bytes that came; 0: it has not got it.</param>
    public void Settle(ChunkId chunk, long received, long now, TimeProvider time)
    {
        if (!asked.Remove(chunk, out var ask)) return;
        outstanding -= ask.Bytes;
        if (received == 0)
        {
            if (lacks.Count >= SyncLimits.WindowChunks) lacks.Clear();
            lacks[chunk] = now;
            return;
        }
        bytes = (bytes * Fading) + received;
        seconds = (seconds * Fading) + time.GetElapsedTime(Math.Max(ask.At, lastArrival), now).TotalSeconds + 1e-6;
        lastArrival = now;
    }
}
