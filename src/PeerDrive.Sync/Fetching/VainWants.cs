using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Fetching;

/// <summary>
/// Chunks of a volume that a peer asked for and that were not here. Once some are, the peer is to be told, and asks again for all: a moment later, so that
/// several are told of at once, and the later the more it asks for, so that little is asked in vain. Thread-safe.
/// </summary>
/// <param name="isHere">Whether a chunk is here now.</param>
/// <param name="due">There may be something to tell: <see cref="TakeDue"/> says so. Must not take long.</param>
internal sealed class VainWants(Func<ChunkId, bool> isHere, TimeProvider time, Action due) : IDisposable
{
    private readonly Lock gate = new();
    private readonly HashSet<ChunkId> chunks = [];
    private ITimer? timer;
    private bool hasMore, isWaiting, isDue, isDisposed;

    /// <summary>The peer was told that it is not here.</summary>
    public void Add(ChunkId chunk)
    {
        lock (gate)
        {
            if (chunks.Count < SyncLimits.ServedChunks) chunks.Add(chunk);
            else hasMore = true;
        }
        // It may have come while that was said.
        if (isHere(chunk)) NoteArrived();
    }

    /// <summary>Contents came, or a part of one.</summary>
    public void NoteArrived()
    {
        lock (gate)
        {
            if (chunks.Count == 0 || isWaiting || isDisposed) return;
            isWaiting = true;
            var pause = SyncLimits.VainWantPause * chunks.Count;
            pause = pause < SyncLimits.LeastVainPause ? SyncLimits.LeastVainPause : pause;
            timer?.Dispose();
            timer = time.CreateTimer(_ => NoteDue(), null, pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whether the peer is to be told now. What it asked for is forgotten then.</summary>
    public bool TakeDue()
    {
        List<ChunkId> asked;
        bool hadMore;
        lock (gate)
        {
            if (!isDue) return false;
            isDue = isWaiting = false;
            asked = [.. chunks];
            hadMore = hasMore;
        }
        if (!hadMore && !asked.Exists(chunk => isHere(chunk))) return false;
        lock (gate)
        {
            chunks.ExceptWith(asked);
            hasMore = false;
        }
        return true;
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            timer?.Dispose();
        }
    }

    private void NoteDue()
    {
        lock (gate) isDue = true;
        due();
    }
}
