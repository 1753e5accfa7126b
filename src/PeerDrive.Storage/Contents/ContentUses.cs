using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Contents;

/// <summary>The order in which contents were used, since the volume was opened. Thread-safe.</summary>
public sealed class ContentUses
{
    /// <summary>Beyond this it begins anew: then all count as not used for equally long.</summary>
    private const int MostContents = 100_000;

    private readonly Lock gate = new();
    private readonly Dictionary<ChunkId, long> last = [];
    private long count;

    public void Note(ChunkId root)
    {
        lock (gate)
        {
            if (last.Count >= MostContents) last.Clear();
            last[root] = ++count;
        }
    }

    /// <summary>Greater the later it was used; 0: not since the volume was opened.</summary>
    public long LastOf(ChunkId root)
    {
        lock (gate) return last.GetValueOrDefault(root);
    }
}
