using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Fetching;

/// <summary>What one peer was asked for of one volume and has not sent yet.</summary>
internal sealed class SourceWindow(AskedChunks all)
{
    private readonly Dictionary<ChunkId, long> asked = [];
    private long bytes;

    /// <summary>Chunks that the peer said it has not got.</summary>
    public HashSet<ChunkId> Lacks { get; } = [];

    public DateTimeOffset LastProgress { get; set; }

    public int Asked => asked.Count;

    /// <summary>How long it may be silent. One that owes nothing is asked again for what it lacked, the later the more that is.</summary>
    public TimeSpan Patience => asked.Count > 0 ? SyncLimits.FetchTimeout : SyncLimits.FetchTimeout * Math.Max(1, Lacks.Count / SyncLimits.LackedChunks);

    public bool IsFull => asked.Count >= Most || bytes >= SyncLimits.WindowBytes;

    public bool HasRoom => asked.Count <= Most * 3 / 4 && bytes <= SyncLimits.WindowBytes * 3 / 4;

    /// <summary>No more than it leaves free for other volumes, so that all come to have about the same.</summary>
    private int Most => Math.Clamp(all.Free, SyncLimits.LeastWindowChunks, SyncLimits.WindowChunks);

    public void Ask(ChunkId chunk, long size, DateTimeOffset now)
    {
        if (asked.Count == 0) LastProgress = now;
        if (!asked.TryAdd(chunk, size)) return;
        bytes += size;
        all.Add(1);
    }

    public void Settle(ChunkId chunk, DateTimeOffset now)
    {
        LastProgress = now;
        if (!asked.Remove(chunk, out var size)) return;
        bytes -= size;
        all.Add(-1);
    }

    public void Clear(DateTimeOffset now)
    {
        all.Add(-asked.Count);
        asked.Clear();
        Lacks.Clear();
        bytes = 0;
        LastProgress = now;
    }
}
