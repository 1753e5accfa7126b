using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;

namespace PeerDrive.Sync.Fetching;

/// <summary>What is still to be fetched of one content. Chunk lists reveal further chunks as they come. Pure but for look-ups.</summary>
internal sealed class ContentPlan
{
    private readonly ContentStore store;
    private readonly HashSet<ChunkId> seen = [];
    private readonly Dictionary<ChunkId, (ulong Size, uint Depth)> waiting = [];
    private readonly Queue<ChunkId> todo = new();

    public ContentPlan(Content content, ContentStore store)
    {
        this.store = store;
        Content = content;
        Visit(new ChunkReference(content.Root, content.Size), content.Depth);
    }

    public Content Content { get; }

    /// <summary>Bytes of the content that came since the plan was made.</summary>
    public long Received { get; private set; }

    /// <summary>Of those the bytes that subscribers of the volume were told of.</summary>
    public long Told { get; set; }

    /// <summary>All chunks are here.</summary>
    public bool IsComplete => waiting.Count == 0;

    /// <summary>Whether chunks were asked for that are not here yet.</summary>
    public bool IsUnderWay => waiting.Count > todo.Count;

    /// <summary>The next chunk that nobody was asked for; null when there is none.</summary>
    public ChunkId? Next => todo.TryPeek(out var chunk) ? chunk : null;

    /// <summary>The chunks that nobody was asked for.</summary>
    public IReadOnlyCollection<ChunkId> Open => todo;

    /// <summary>The next chunk to ask for, with the bytes it will take at most; false when all were asked for.</summary>
    public bool TryTake(out ChunkId chunk, out long bytes)
    {
        bytes = 0;
        if (!todo.TryDequeue(out chunk)) return false;
        var (size, depth) = waiting[chunk];
        bytes = depth == 0 ? (long)size : ChunkList.MaxLines * ChunkList.LineBytes;
        return true;
    }

    /// <summary>Asks for a chunk again, first of all.</summary>
    public void Return(ChunkId chunk)
    {
        if (waiting.ContainsKey(chunk)) todo.Enqueue(chunk);
    }

    /// <summary>Notes that a chunk is stored.</summary>
    /// <exception cref="PeerDriveException">Corrupt: it should be a chunk list and is none.</exception>
    public void Arrived(ChunkId chunk)
    {
        if (!waiting.Remove(chunk, out var found)) return;
        if (found.Depth > 0) VisitList(chunk, found.Size, found.Depth);
        else Received += (long)found.Size;
    }

    private void VisitList(ChunkId list, ulong size, uint depth)
    {
        using var bytes = store.Chunks.Read(list);
        foreach (var line in ChunkList.Decode(bytes.Span, size)) Visit(line, depth - 1);
    }

    private void Visit(ChunkReference line, uint depth)
    {
        if (!seen.Add(line.Id)) return;
        if (depth == 0 && line.Size > ModelLimits.ChunkBytes) throw new PeerDriveException(ErrorKind.Corrupt, "A chunk list names a chunk larger than any can be.");
        if (!store.Chunks.Contains(line.Id))
        {
            waiting[line.Id] = (line.Size, depth);
            todo.Enqueue(line.Id);
        }
        else if (depth > 0)
        {
            VisitList(line.Id, line.Size, depth);
        }
    }
}
