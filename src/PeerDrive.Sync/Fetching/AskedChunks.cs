namespace PeerDrive.Sync.Fetching;

/// <summary>How many chunks one peer was asked for in bulk and has not sent yet, of all volumes together. Thread-safe.</summary>
internal sealed class AskedChunks
{
    private int count;

    /// <summary>May be less than none, as each volume has a few in any case.</summary>
    public int Free => SyncLimits.AskedChunks - Volatile.Read(ref count);

    public void Add(int chunks) => Interlocked.Add(ref count, chunks);
}
