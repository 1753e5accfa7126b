using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Fetching;

/// <summary>What one peer was asked for and has not sent yet.</summary>
internal sealed class SourceWindow
{
    private readonly Dictionary<ChunkId, long> asked = [];
    private long bytes;

    /// <summary>Chunks that the peer said it has not got.</summary>
    public HashSet<ChunkId> Lacks { get; } = [];

    public DateTimeOffset LastProgress { get; set; }

    public int Asked => asked.Count;

    /// <summary>How long it may be silent. One that owes nothing is asked again for what it lacked, the later the more that is.</summary>
    public TimeSpan Patience => asked.Count > 0 ? SyncLimits.FetchTimeout : SyncLimits.FetchTimeout * Math.Max(1, Lacks.Count / SyncLimits.LackedChunks);

    public bool IsFull => asked.Count >= SyncLimits.WindowChunks || bytes >= SyncLimits.WindowBytes;

    public bool HasRoom => asked.Count <= SyncLimits.WindowChunks * 3 / 4 && bytes <= SyncLimits.WindowBytes * 3 / 4;

    public void Ask(ChunkId chunk, long size, DateTimeOffset now)
    {
        if (asked.Count == 0) LastProgress = now;
        asked[chunk] = size;
        bytes += size;
    }

    public void Settle(ChunkId chunk, DateTimeOffset now)
    {
        LastProgress = now;
        if (asked.Remove(chunk, out var size)) bytes -= size;
    }

    public void Clear(DateTimeOffset now)
    {
        asked.Clear();
        Lacks.Clear();
        bytes = 0;
        LastProgress = now;
    }
}
