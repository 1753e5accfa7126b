using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Contents;

/// <summary>
/// Reads one content at random: remembers its chunk lists, and shares decompressed chunks with other readers of the volume. Cheap to make. What has a reader
/// stays here until it is disposed, or collected as garbage. Thread-safe.
/// </summary>
public sealed class ContentReader : IDisposable
{
    /// <summary>Lists of 4,096 lines each: a reader knows the way to a few GiB at a time.</summary>
    private const int MaxLists = 32;

    private readonly ContentStore store;
    private readonly ChunkCache cache;
    private readonly Lock gate = new();
    private readonly Dictionary<ChunkId, Lines> lists = [];

    internal ContentReader(ContentStore store, ChunkCache cache, Content content)
    {
        this.store = store;
        this.cache = cache;
        Content = content;
    }

    public Content Content { get; }

    /// <summary>Nobody needs the content for this any more; a read that goes on is not disturbed.</summary>
    public void Dispose() => store.Close(this);

    /// <returns>Bytes read: all that was asked for, or up to the content's end.</returns>
    /// <exception cref="PeerDriveException">NotHere: a chunk or list is missing. Corrupt: one is damaged. What was read before it is in <paramref name="destination"/>.</exception>
    public int Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (Content.Size > long.MaxValue) throw new PeerDriveException(ErrorKind.Corrupt, "No content is as long as this one is said to be.");
        var total = 0;
        while (total < destination.Length && (ulong)(offset + total) < Content.Size)
        {
            var (leaf, start) = Find(offset + total);
            var within = offset + total - start;
            var part = destination.Slice(total, (int)Math.Min((long)leaf.Size - within, destination.Length - total));
            ReadPart(leaf, within, part);
            total += part.Length;
        }
        return total;
    }

    private void ReadPart(ChunkReference leaf, long within, Span<byte> destination)
    {
        var direct = store.Chunks.Direct;
        var size = (long)leaf.Size;
        if (direct.TryReadPart(leaf.Id, size, within, destination) || cache.TryRead(leaf.Id, size, within, destination)) return;
        var isWhole = destination.Length == size;
        if (isWhole && direct.TryRead(leaf.Id, destination)) return;
        if (!isWhole)
        {
            using var checking = new PooledBytes((int)size);
            if (direct.TryRead(leaf.Id, checking.Span))
            {
                checking.Span.Slice((int)within, destination.Length).CopyTo(destination);
                return;
            }
        }
        var plain = store.Chunks.Read(leaf.Id);
        if (plain.Length != size)
        {
            plain.Dispose();
            throw new PeerDriveException(ErrorKind.Corrupt, $"Chunk {leaf.Id} is not as long as its list says.");
        }
        plain.Span.Slice((int)within, destination.Length).CopyTo(destination);
        // Whoever reads whole chunks goes through the file and does not come back soon.
        if (isWhole) plain.Dispose();
        else cache.Add(leaf.Id, plain);
    }

    private (ChunkReference Leaf, long Start) Find(long offset)
    {
        var node = new ChunkReference(Content.Root, Content.Size);
        long start = 0;
        for (var depth = Content.Depth; depth > 0; depth--)
        {
            var lines = List(node);
            var at = lines.IndexOf(offset - start);
            if (at > 0) start += lines.Ends[at - 1];
            node = lines.All[at];
        }
        if (node.Size > ModelLimits.ChunkBytes) throw new PeerDriveException(ErrorKind.Corrupt, "A chunk list names a chunk larger than any can be.");
        return (node, start);
    }

    private Lines List(ChunkReference list)
    {
        lock (gate)
        {
            if (lists.TryGetValue(list.Id, out var known) && known.Ends[^1] == (long)list.Size) return known;
        }
        var lines = new Lines(store.ReadList(list));
        lock (gate)
        {
            if (lists.Count >= MaxLists) lists.Clear();
            lists[list.Id] = lines;
        }
        return lines;
    }

    private sealed class Lines
    {
        public Lines(ChunkReference[] lines)
        {
            All = lines;
            Ends = new long[lines.Length];
            long end = 0;
            for (var i = 0; i < lines.Length; i++) Ends[i] = end += (long)lines[i].Size;
        }

        public ChunkReference[] All { get; }

        /// <summary>Where each line's bytes end.</summary>
        public long[] Ends { get; }

        /// <summary>The line that has a byte.</summary>
        public int IndexOf(long offset)
        {
            var at = Array.BinarySearch(Ends, offset);
            return at >= 0 ? at + 1 : ~at;
        }
    }
}
