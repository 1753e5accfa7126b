using System.Runtime.CompilerServices;
using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Chunking;
using PeerDrive.Storage.Collecting;
using PeerDrive.Storage.Lending;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Contents;

/// <summary>Contents as trees of chunks: stores them, reads them, tells what is missing. Thread-safe.</summary>
public sealed class ContentStore(ChunkStore chunks, TimeProvider time)
{
    private const int BufferBytes = 4 << 20;

    /// <summary>Chunks of a large content that are looked at before it is decided whether it becomes a raw file.</summary>
    private const int RawProbeBytes = 2 << 20;

    /// <summary>Raw files that are compared with a content before it counts as lying in none.</summary>
    private const int RawCandidates = 3;

    private static readonly object Opened = new();
    private static readonly byte[] Zeros = new byte[ModelLimits.ChunkBytes];

    private readonly ConditionalWeakTable<ContentReader, object> readers = [];
    private readonly ChunkCache cache = new(StorageLimits.ChunkCacheBytes);
    private ContentSupply? supply;

    public ChunkStore Chunks => chunks;

    /// <summary>Brings what is read and not here; null: nobody does.</summary>
    public ContentSupply? Supply
    {
        get => Volatile.Read(ref supply);
        set => Volatile.Write(ref supply, value);
    }

    /// <summary>For reading a content at random, or often.</summary>
    public ContentReader OpenReader(Content content)
    {
        Uses.Note(content.Root);
        var reader = new ContentReader(this, cache, content);
        readers.Add(reader, Opened);
        return reader;
    }

    internal void Close(ContentReader reader) => readers.Remove(reader);

    /// <summary>Contents that somebody has open.</summary>
    internal IReadOnlyList<Content> OpenContents() => [.. readers.Select(pair => pair.Key.Content).Distinct()];

    /// <summary>What is being stored, or not committed yet.</summary>
    internal InFlightContents InFlight { get; } = new(time);

    /// <summary>When contents were opened for reading last.</summary>
    public ContentUses Uses { get; } = new();

    /// <summary>Cuts, hashes and stores all of a source; durable after the commit that names it.</summary>
    /// <param name="chunking">Parameters of the document's previous revision, so that both are cut the same way; 0: chosen by size.</param>
    /// <param name="onProgress">Told the number of further bytes after each chunk; may be called often.</param>
    public Content Store(IContentSource source, uint chunking, Action<long>? onProgress, CancellationToken cancellation) =>
        Store(source, chunking, null, null, null, onProgress, cancellation);

    /// <summary>Stores a source of which some chunks are known without reading it, or whose bytes lie in a file that may become a raw file.</summary>
    /// <param name="old">Parameters must be those that it was cut with.</param>
    /// <param name="beginRaw">Begins a raw file; null: one is begun here.</param>
    internal Content Store(
        IContentSource source, uint chunking, UnchangedLeaves? old, Func<RawWriter>? beginRaw, Action<long>? onProgress, CancellationToken cancellation) =>
        Store(source, chunking, null, old, beginRaw, onProgress, cancellation);

    /// <summary>Cuts and hashes all of a source, whose chunks stay where they are and are only noted; chunk lists are stored.</summary>
    /// <inheritdoc cref="Store(IContentSource, uint, Action{long}?, CancellationToken)"/>
    public Content Lend(IContentSource source, uint chunking, LentFileWriter lent, Action<long>? onProgress, CancellationToken cancellation) =>
        Store(source, chunking, lent, null, null, onProgress, cancellation);

    /// <summary>Notes the chunks of a content that a file is said to have.</summary>
    /// <returns>Whether every byte is as the content says.</returns>
    public bool TryLend(Content content, IContentSource source, LentFileWriter lent, CancellationToken cancellation)
    {
        if (source.Length != (long)content.Size) return false;
        using var buffer = new PooledBytes(ModelLimits.ChunkBytes);
        ChunkId? zeroChunk = null;
        long offset = 0;
        foreach (var leaf in Leaves(content))
        {
            cancellation.ThrowIfCancellationRequested();
            var chunk = buffer.Span[..(int)leaf.Size];
            if (leaf.Id == zeroChunk && source.NextData(offset) >= offset + chunk.Length)
            {
                lent.AppendHole(leaf.Id, Zeros.AsSpan(0, chunk.Length));
            }
            else
            {
                if (source.Read(offset, chunk) < chunk.Length || Id.Hash<ChunkId>(chunk) != leaf.Id) return false;
                lent.Append(leaf.Id, chunk);
                if (!chunk.ContainsAnyExcept((byte)0)) zeroChunk = leaf.Id;
            }
            offset += chunk.Length;
        }
        return offset == source.Length;
    }

    private Content Store(
        IContentSource source, uint chunking, LentFileWriter? lent, UnchangedLeaves? old, Func<RawWriter>? beginRaw, Action<long>? onProgress,
        CancellationToken cancellation)
    {
        var parameters = chunking == 0 ? ChunkingParameters.ForSize((ulong)source.Length) : ChunkingParameters.Get(chunking);
        using var storing = InFlight.Begin();
        using var buffer = new PooledBytes(BufferBytes);
        using var raw = new RawChoice(chunks, old is null ? source.Length : 0, lent, beginRaw ?? chunks.BeginRaw);
        ulong size = 0;
        int start = 0, end = 0;
        var ended = false;
        ChunkId? zeroChunk = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var position = (long)size;
            if (old is not null && old.TryTake(position, out var unchanged))
            {
                storing.Add(unchanged);
                size += unchanged.Size;
                start += (int)Math.Min(unchanged.Size, (ulong)(end - start));
                onProgress?.Invoke((long)unchanged.Size);
                continue;
            }
            if (!ended && start == end && source.NextData(position) - position >= parameters.Max && position + parameters.Max <= source.Length)
            {
                // A hole: zeros are never cut before the greatest length, so the chunk is known without reading it.
                var zeros = Zeros.AsSpan(0, parameters.Max);
                zeroChunk ??= Id.Hash<ChunkId>(zeros);
                storing.Add(new ChunkReference(zeroChunk.Value, (ulong)parameters.Max));
                raw.PutZeros(zeroChunk.Value, zeros);
                size += (ulong)parameters.Max;
                onProgress?.Invoke(parameters.Max);
                continue;
            }
            if (end - start < parameters.Max && !ended)
            {
                buffer.Span[start..end].CopyTo(buffer.Span);
                end -= start;
                start = 0;
                // Between chunks that are known no more is read than the next cut may need.
                var wanted = old is null ? buffer.Span[end..] : buffer.Span[end..parameters.Max];
                var read = source.Read(position + end, wanted);
                ended = read < wanted.Length;
                end += read;
            }
            if (start == end) break;
            var length = FastCdc.FindCut(buffer.Span[start..end], parameters);
            var chunk = buffer.Span.Slice(start, length);
            var id = Id.Hash<ChunkId>(chunk);
            // Told before it is relied on: what a collector takes away afterwards is written again.
            storing.Add(new ChunkReference(id, (ulong)length));
            raw.Put(id, chunk);
            start += length;
            size += (ulong)length;
            onProgress?.Invoke(length);
        }
        var content = Root(storing, size, parameters.Number);
        raw.Finish(content);
        storing.End(content);
        return content;
    }

    /// <summary>Stores bytes in memory.</summary>
    public Content Store(ReadOnlyMemory<byte> bytes, uint chunking = 0) => Store(new MemorySource(bytes), chunking, null, CancellationToken.None);

    /// <summary>
    /// The chunks of a content in order. Chunk lists are read as they are reached.
    /// </summary>
    /// <exception cref="PeerDriveException">NotHere: a chunk list is missing. Corrupt: it is damaged.</exception>
    public IEnumerable<ChunkReference> Leaves(Content content)
    {
        if (content.IsEmpty) yield break;
        var stack = new Stack<(ChunkReference Line, uint Depth)>();
        stack.Push((new ChunkReference(content.Root, content.Size), content.Depth));
        while (stack.TryPop(out var node))
        {
            if (node.Depth == 0)
            {
                if (node.Line.Size > ModelLimits.ChunkBytes) throw new PeerDriveException(ErrorKind.Corrupt, "A chunk list names a chunk larger than any can be.");
                yield return node.Line;
                continue;
            }
            var lines = ReadList(node.Line);
            for (var i = lines.Length - 1; i >= 0; i--) stack.Push((lines[i], node.Depth - 1));
        }
    }

    /// <summary>Reads part of a content.</summary>
    /// <returns>Bytes read: all that was asked for, or up to the content's end.</returns>
    public int Read(Content content, ulong offset, Span<byte> destination)
    {
        var total = 0;
        while (total < destination.Length && offset < content.Size)
        {
            var (leaf, start) = Find(content, offset);
            using var plain = chunks.Read(leaf.Id);
            if ((ulong)plain.Length != leaf.Size) throw new PeerDriveException(ErrorKind.Corrupt, $"Chunk {leaf.Id} is not as long as its list says.");
            var part = plain.Span[(int)(offset - start)..];
            var count = Math.Min(part.Length, destination.Length - total);
            part[..count].CopyTo(destination[total..]);
            total += count;
            offset += (ulong)count;
        }
        return total;
    }

    /// <summary>Reads one chunk of a content whole.</summary>
    internal void ReadLeaf(ChunkReference leaf, Span<byte> destination)
    {
        using var plain = chunks.Read(leaf.Id);
        if ((ulong)plain.Length != leaf.Size) throw new PeerDriveException(ErrorKind.Corrupt, $"Chunk {leaf.Id} is not as long as its list says.");
        plain.Span.CopyTo(destination);
    }

    /// <summary>
    /// Opens the raw file that has a content, and nothing before or between its chunks: a byte of the content is at the same place in the file.
    /// Null when the content lies otherwise. The file may have more behind the content, and must not be written to.
    /// </summary>
    public RawFile? TryOpenRaw(Content content) => RawFileOf(content) is { } pack ? chunks.OpenRaw(pack, (long)content.Size) : null;

    /// <summary>
    /// The raw file that begins with a content; null when the content lies otherwise, or a chunk of it is known to be damaged there. It stays so as long as there
    /// is a file of that number and <see cref="ChunkStore.Forgotten"/> is the same. Looks for every chunk of the content: some ten milliseconds for each GiB.
    /// </summary>
    /// <inheritdoc cref="Leaves" path="/exception"/>
    public PackId? RawFileOf(Content content)
    {
        var tried = new HashSet<PackId>();
        foreach (var leaf in Leaves(content))
        {
            // Of a chunk that lies in several places only one is known: the next one may tell another file.
            if (chunks.RawFileOf(leaf.Id) is not { } pack) return null;
            if (tried.Add(pack) && Lies(content, pack)) return pack;
            if (tried.Count >= RawCandidates) return null;
        }
        return null;
    }

    /// <summary>Whether a raw file begins with just a content's chunks.</summary>
    private bool Lies(Content content, PackId pack)
    {
        if (chunks.RawChunks(pack) is not { } lines) return false;
        var i = 0;
        long at = 0;
        foreach (var leaf in Leaves(content))
        {
            if (i == lines.Count || lines[i].Key != leaf.Id || lines[i].Value.Offset != at || lines[i].Value.Plain != (int)leaf.Size) return false;
            if (!chunks.IsSoundIn(leaf.Id, lines[i].Value)) return false;
            at += (long)leaf.Size;
            i++;
        }
        return true;
    }

    /// <summary>All bytes of a content that is known to be small.</summary>
    public byte[] ReadAll(Content content, int limit)
    {
        if (content.Size > (ulong)limit) throw new PeerDriveException(ErrorKind.LimitExceeded, $"The content has {content.Size} bytes; at most {limit} fit here.");
        var bytes = new byte[content.Size];
        Read(content, 0, bytes);
        return bytes;
    }

    /// <summary>
    /// Chunks of a content that this replica lacks, in order and each once; when a chunk list is missing, its chunks are not
    /// known and only the list is named.
    /// </summary>
    /// <param name="limit">At most this many.</param>
    public List<ChunkId> Missing(Content content, int limit)
    {
        var missing = new List<ChunkId>();
        if (content.IsEmpty) return missing;
        var seen = new HashSet<ChunkId>();
        var stack = new Stack<(ChunkReference Line, uint Depth)>();
        stack.Push((new ChunkReference(content.Root, content.Size), content.Depth));
        while (missing.Count < limit && stack.TryPop(out var node))
        {
            if (!seen.Add(node.Line.Id)) continue;
            if (!chunks.Contains(node.Line.Id))
            {
                missing.Add(node.Line.Id);
                continue;
            }
            if (node.Depth == 0) continue;
            var lines = ReadList(node.Line);
            for (var i = lines.Length - 1; i >= 0; i--) stack.Push((lines[i], node.Depth - 1));
        }
        return missing;
    }

    /// <summary>Whether all chunks of a content are here; with a damaged chunk list they are not.</summary>
    public bool IsHere(Content content)
    {
        try
        {
            return Missing(content, 1).Count == 0;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt)
        {
            return false;
        }
    }

    /// <summary>Whether all chunks of a content lie in this replica's own files.</summary>
    internal bool IsKept(Content content)
    {
        var stack = new Stack<(ChunkReference Line, uint Depth)>();
        if (!content.IsEmpty) stack.Push((new ChunkReference(content.Root, content.Size), content.Depth));
        try
        {
            while (stack.TryPop(out var node))
            {
                if (!chunks.IsKept(node.Line.Id)) return false;
                if (node.Depth == 0) continue;
                foreach (var line in ReadList(node.Line)) stack.Push((line, node.Depth - 1));
            }
            return true;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.NotHere)
        {
            return false;
        }
    }

    private (ChunkReference Leaf, ulong Start) Find(Content content, ulong offset)
    {
        var node = new ChunkReference(content.Root, content.Size);
        ulong start = 0;
        for (var depth = content.Depth; depth > 0; depth--)
        {
            foreach (var line in ReadList(node))
            {
                if (offset - start < line.Size)
                {
                    node = line;
                    break;
                }
                start += line.Size;
            }
        }
        return (node, start);
    }

    internal ChunkReference[] ReadList(ChunkReference list)
    {
        using var bytes = chunks.Read(list.Id);
        return ChunkList.Decode(bytes.Span, list.Size);
    }

    private Content Root(InFlightContents.Storing storing, ulong size, uint chunking)
    {
        var lines = storing.Lines;
        if (lines.Count == 0) return Content.Empty with { Chunking = chunking };
        uint depth = 0;
        while (lines.Count > 1)
        {
            var above = new List<ChunkReference>();
            for (var at = 0; at < lines.Count; at += ChunkList.MaxLines)
            {
                var part = lines.GetRange(at, Math.Min(ChunkList.MaxLines, lines.Count - at)).ToArray();
                var bytes = ChunkList.Encode(part);
                var id = Id.Hash<ChunkId>(bytes);
                storing.AddList(id);
                chunks.Put(id, bytes);
                ulong sum = 0;
                foreach (var line in part) sum += line.Size;
                above.Add(new ChunkReference(id, sum));
            }
            lines = above;
            depth++;
        }
        return new Content(size, depth, lines[0].Id, chunking);
    }

    /// <summary>
    /// Notes where chunks lie, puts them into packs, or all of a large content into a raw file: when its first chunks are unknown and do not compress.
    /// </summary>
    private sealed class RawChoice(ChunkStore chunks, long length, LentFileWriter? lent, Func<RawWriter> begin) : IDisposable
    {
        private readonly List<(ChunkId Id, byte[] Bytes)> probe = [];
        private RawWriter? raw;
        private bool decided = length < StorageLimits.RawBytes;
        private int probed;

        public void Put(ChunkId id, ReadOnlySpan<byte> chunk)
        {
            if (lent is not null) lent.Append(id, chunk);
            else if (raw is not null) raw.Append(id, chunk);
            else if (decided) chunks.Put(id, chunk);
            else Probe(id, chunk);
        }

        public void PutZeros(ChunkId id, ReadOnlySpan<byte> zeros)
        {
            if (lent is not null) lent.AppendHole(id, zeros);
            else if (raw is not null) raw.AppendHole(id, zeros);
            else Put(id, zeros);
        }

        public void Finish(Content content)
        {
            if (lent is not null) return;
            if (!decided) UsePacks();
            if (raw is not null) chunks.AddRaw(raw.Finish(content));
        }

        public void Dispose() => raw?.Dispose();

        private void Probe(ChunkId id, ReadOnlySpan<byte> chunk)
        {
            probe.Add((id, chunk.ToArray()));
            probed += chunk.Length;
            if (chunks.Contains(id) || ChunkCompressor.SamplePays(chunk)) UsePacks();
            else if (probed >= RawProbeBytes) UseRaw();
        }

        private void UsePacks()
        {
            decided = true;
            foreach (var (id, bytes) in probe) chunks.Put(id, bytes);
            probe.Clear();
        }

        private void UseRaw()
        {
            decided = true;
            raw = begin();
            foreach (var (id, bytes) in probe) raw.Append(id, bytes);
            probe.Clear();
        }
    }
}
