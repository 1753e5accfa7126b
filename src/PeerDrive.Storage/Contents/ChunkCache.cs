using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Contents;

/// <summary>
/// Plain bytes of chunks that had to be decompressed, up to a budget; those not used since the hand last passed go first. Bytes under a hash are
/// right for ever. Thread-safe; in parts, so that readers seldom meet.
/// </summary>
internal sealed class ChunkCache
{
    private const int Parts = 4;

    private readonly Part[] parts;

    /// <param name="budget">Bytes.</param>
    public ChunkCache(long budget) => parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part(budget / Parts))];

    /// <summary>Copies part of a chunk.</summary>
    /// <param name="size">What the whole chunk must have.</param>
    /// <returns>False: it is not here.</returns>
    public bool TryRead(ChunkId id, long size, long offset, Span<byte> destination) => PartOf(id).TryRead(id, size, offset, destination);

    /// <summary>Takes a chunk's bytes over.</summary>
    public void Add(ChunkId id, PooledBytes plain) => PartOf(id).Add(id, plain);

    private Part PartOf(ChunkId id) => parts[(uint)id.GetHashCode() % Parts];

    private sealed class Part(long budget)
    {
        private readonly Lock gate = new();
        private readonly Dictionary<ChunkId, Entry> entries = [];
        private readonly List<Entry> ring = [];
        private int hand;
        private long bytes;

        public bool TryRead(ChunkId id, long size, long offset, Span<byte> destination)
        {
            Entry? entry;
            lock (gate)
            {
                if (!entries.TryGetValue(id, out entry) || entry.Plain.Length != size) return false;
                entry.Readers++;
                entry.IsUsed = true;
            }
            entry.Plain.Span.Slice((int)offset, destination.Length).CopyTo(destination);
            lock (gate) entry.Readers--;
            return true;
        }

        public void Add(ChunkId id, PooledBytes plain)
        {
            lock (gate)
            {
                var entry = new Entry(id, plain);
                if (!entries.TryAdd(id, entry))
                {
                    plain.Dispose();
                    return;
                }
                ring.Add(entry);
                bytes += plain.Length;
                // Twice around everything has lost its mark; what is being read stays a little longer.
                for (var steps = 2 * ring.Count; bytes > budget && steps > 0; steps--) Turn();
            }
        }

        private void Turn()
        {
            if (hand >= ring.Count) hand = 0;
            var entry = ring[hand];
            if (entry.IsUsed || entry.Readers > 0)
            {
                entry.IsUsed = false;
                hand++;
                return;
            }
            ring[hand] = ring[^1];
            ring.RemoveAt(ring.Count - 1);
            entries.Remove(entry.Id);
            bytes -= entry.Plain.Length;
            entry.Plain.Dispose();
        }
    }

    private sealed class Entry(ChunkId id, PooledBytes plain)
    {
        public ChunkId Id => id;

        public PooledBytes Plain => plain;

        public int Readers { get; set; }

        public bool IsUsed { get; set; }
    }
}
