using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Sync.Fetching;

/// <summary>What is still to be fetched of a range of a content: chunk lists first, then just the chunks in the range, in order.</summary>
internal sealed class RangePlan
{
    private readonly ContentStore store;
    private readonly long end;
    private readonly long start;
    private readonly Dictionary<ChunkId, Place> waiting = [];
    private readonly List<Place> order = [];
    private int first;

    /// <exception cref="PeerDriveException">Corrupt: the content is none.</exception>
    public RangePlan(Content content, long offset, long length, ContentStore store)
    {
        this.store = store;
        Content = content;
        start = offset;
        end = Math.Min(offset + length, (long)content.Size);
        if (!content.IsEmpty && start < end) Visit(new ChunkReference(content.Root, content.Size), content.Depth, 0);
    }

    public Content Content { get; }

    public long Offset => start;

    public long Length => end - start;

    public bool IsComplete => waiting.Count == 0;

    /// <summary>Chunks that are not here, in the order in which they will be read, with the bytes that each takes at most.</summary>
    public IEnumerable<(ChunkId Chunk, long Bytes)> Open
    {
        get
        {
            while (first < order.Count && !waiting.ContainsKey(order[first].Chunk)) first++;
            for (var i = first; i < order.Count; i++)
            {
                if (waiting.TryGetValue(order[i].Chunk, out var place) && place.Start == order[i].Start) yield return (place.Chunk, place.Bytes);
            }
        }
    }

    /// <returns>Whether it was waited for.</returns>
    /// <exception cref="PeerDriveException">Corrupt: it should be a chunk list and is none.</exception>
    public bool Arrived(ChunkId chunk)
    {
        if (!waiting.Remove(chunk, out var place)) return false;
        if (place.Depth > 0)
        {
            var before = order.Count;
            VisitList(new ChunkReference(chunk, place.Size), place.Depth, place.Start);
            if (order.Count > before && before > 0)
            {
                order.Sort((a, b) => a.Start.CompareTo(b.Start));
                first = 0;
            }
        }
        return true;
    }

    public bool Needs(ChunkId chunk) => waiting.ContainsKey(chunk);

    /// <summary>The chunks of a range, and the lists that lead to them, as far as these are here.</summary>
    public static HashSet<ChunkId> ChunksOf(Content content, long offset, long length, ContentStore store)
    {
        var found = new HashSet<ChunkId>();
        if (content.IsEmpty) return found;
        var stack = new Stack<(ChunkReference Line, uint Depth, long At)>();
        stack.Push((new ChunkReference(content.Root, content.Size), content.Depth, 0));
        while (stack.TryPop(out var node))
        {
            if (!found.Add(node.Line.Id) || node.Depth == 0 || !store.Chunks.Contains(node.Line.Id)) continue;
            using var bytes = store.Chunks.Read(node.Line.Id);
            var at = node.At;
            foreach (var line in ChunkList.Decode(bytes.Span, node.Line.Size))
            {
                if (at < offset + length && at + (long)line.Size > offset) stack.Push((line, node.Depth - 1, at));
                at += (long)line.Size;
            }
        }
        return found;
    }

    private void VisitList(ChunkReference list, uint depth, long at)
    {
        using var bytes = store.Chunks.Read(list.Id);
        foreach (var line in ChunkList.Decode(bytes.Span, list.Size))
        {
            if (at >= end) return;
            var next = at + (long)line.Size;
            if (next > start) Visit(line, depth - 1, at);
            at = next;
        }
    }

    private void Visit(ChunkReference line, uint depth, long at)
    {
        if (depth == 0 && line.Size > ModelLimits.ChunkBytes) throw new PeerDriveException(ErrorKind.Corrupt, "A chunk list names a chunk larger than any can be.");
        if (waiting.ContainsKey(line.Id)) return;
        if (!store.Chunks.Contains(line.Id))
        {
            var place = new Place(line.Id, line.Size, depth, at);
            waiting[line.Id] = place;
            order.Add(place);
        }
        else if (depth > 0)
        {
            VisitList(line, depth, at);
        }
    }

    private readonly record struct Place(ChunkId Chunk, ulong Size, uint Depth, long Start)
    {
        public long Bytes => Depth == 0 ? (long)Size : ChunkList.MaxLines * ChunkList.LineBytes;
    }
}
