using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Collecting;

/// <summary>
/// Takes chunks out of a replica while it is in use: those of contents that go, and those that nothing names. The contents count as absent from the same transaction on in which
/// their chunks leave the index; only then packs are written again and files go. After a crash in between there is room that nothing tells of, which the next collection gives back, and
/// never a content that is said to be here and is not. What somebody stores meanwhile stays: he tells his chunks before he relies on them, and writes those again that are condemned already.
/// </summary>
internal sealed class Collector(Database db, VolumeCatalog catalog, ContentStore contents, Func<IReadOnlyList<Content>> drafted, Func<IReadOnlyList<Content>> setAside)
{
    /// <summary>A pack is written again when at least one part in this many is not needed, so that little is copied for what is gained.</summary>
    public const int UsualPart = 4;

    /// <summary>The same when a person asks for the room.</summary>
    public const int ThoroughPart = 20;

    /// <summary>Chunks that are looked at at once: some 64 MB of memory.</summary>
    private const int ChunksAtOnce = 1_000_000;

    private readonly Lock running = new();

    /// <summary>Drops contents of documents, but for chunks that other contents here have too.</summary>
    /// <param name="documents">Those that the contents belong to; what another document has as well stays.</param>
    /// <param name="kept">Chunks to stay all the same: somebody is about to read them.</param>
    /// <returns>Bytes on disk that were given back.</returns>
    public long Drop(IReadOnlySet<DocumentId> documents, IReadOnlyCollection<Content> dropped, IReadOnlySet<ChunkId> kept, CancellationToken cancellation)
    {
        // One at a time: each leaves alone what it finds to be here.
        lock (running)
        {
            contents.Chunks.FlushIndex();
            var going = dropped.Where(content => !content.IsEmpty).Select(Keyed).ToHashSet();
            var named = Named(0);
            var rows = Rows(documents);
            going.ExceptWith(named.Found.Where(each => !rows.Contains(each.Document)).Select(each => Keyed(each.Content)));
            var unneeded = going.SelectMany(content => ChunksOf(content, isStrict: false)).ToHashSet();
            unneeded.ExceptWith(kept);
            Remove(unneeded, named, going, (content, document) => going.Contains(Keyed(content)) && rows.Contains(document), () => [], isStrict: false, cancellation);
        }
        return Reclaim(UsualPart, (_, _) => { }, cancellation);
    }

    /// <summary>Takes out contents that a rule lets go, but for chunks that others have too. Their packs are written again by <see cref="Reclaim"/>.</summary>
    /// <param name="generation">Of the catalog, as it was when they were chosen; nothing happens when it is another one.</param>
    /// <param name="last">The revision that had come last then: what a later one names stays.</param>
    /// <param name="needed">Contents of those that are needed after all; asked with the catalog locked.</param>
    public void TakeOut(IReadOnlyCollection<Content> gone, long generation, long last, Func<IEnumerable<Content>> needed, CancellationToken cancellation)
    {
        lock (running)
        {
            contents.Chunks.FlushIndex();
            var going = gone.Select(Keyed).ToHashSet();
            var named = Named(0) with { Generation = generation, Last = last };
            var unneeded = going.SelectMany(content => ChunksOf(content, isStrict: false)).ToHashSet();
            Remove(unneeded, named, going, (_, _) => false, needed, isStrict: true, cancellation);
        }
    }

    /// <summary>Bytes that contents take on disk which nothing else here has, each chunk counted with the first that has it.</summary>
    public IReadOnlyList<long> OwnBytes(IReadOnlyList<Content> gone, CancellationToken cancellation)
    {
        contents.Chunks.FlushIndex();
        var going = gone.Select(Keyed).ToHashSet();
        var own = going.SelectMany(content => ChunksOf(content, isStrict: false)).ToHashSet();
        foreach (var (content, _, _) in Named(0).Found)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!going.Contains(Keyed(content))) own.ExceptWith(ChunksOf(content, isStrict: false));
        }
        return [.. gone.Select(content => ChunksOf(content, isStrict: false).Where(own.Remove).Sum(id => contents.Chunks.StoredBytes(id) ?? 0))];
    }

    /// <summary>Takes chunks out of the index that no content names.</summary>
    /// <param name="dryRun">Only counts them.</param>
    /// <param name="onProgress">Told passes done and in all. Nothing is locked.</param>
    /// <returns>Their bytes on disk.</returns>
    /// <exception cref="PeerDriveException">Corrupt: a chunk list is damaged, so that nobody knows what it needs.</exception>
    public long TakeOutUnnamed(bool dryRun, Action<long, long> onProgress, CancellationToken cancellation)
    {
        contents.Chunks.FlushIndex();
        var passes = (int)Math.Clamp((contents.Chunks.Index.Totals().Chunks / ChunksAtOnce) + 1, 1, 1 << 16);
        long bytes = 0;
        for (var pass = 0; pass < passes; pass++)
        {
            onProgress(pass, passes);
            lock (running)
            {
                var named = Named(0);
                var unneeded = contents.Chunks.Index.Within((int)((long)pass * (1 << 16) / passes), (int)((pass + 1L) * (1 << 16) / passes));
                foreach (var content in setAside()) unneeded.ExceptWith(ChunksOf(content, isStrict: true));
                bytes += dryRun ? Count(unneeded, named, cancellation) : Remove(unneeded, named, [], (_, _) => false, () => [], isStrict: true, cancellation);
            }
        }
        return bytes;
    }

    /// <summary>Writes packs again of which at least one part in some is not needed.</summary>
    /// <param name="onProgress">Told packs done and in all. Nothing is locked.</param>
    /// <returns>Bytes given back.</returns>
    public long Reclaim(int leastPart, Action<long, long> onProgress, CancellationToken cancellation)
    {
        List<PackId> packs = [.. Reclaimable(leastPart).Select(each => each.Pack.Pack)];
        long given = 0;
        for (var i = 0; i < packs.Count; i++)
        {
            onProgress(i, packs.Count);
            cancellation.ThrowIfCancellationRequested();
            lock (running) given += contents.Chunks.TryReclaim(packs[i], leastPart);
        }
        return given;
    }

    /// <summary>Bytes that <see cref="Reclaim"/> would give back now.</summary>
    public long ReclaimableBytes(int leastPart) => Reclaimable(leastPart).Sum(each => each.Pack.Indexed - each.Used);

    /// <summary>The chunks and lists of a content that are here.</summary>
    /// <param name="isStrict">A damaged list is an error; else what it names counts as not found.</param>
    public IEnumerable<ChunkId> ChunksOf(Content content, bool isStrict)
    {
        if (content.IsEmpty) yield break;
        var stack = new Stack<(ChunkReference Line, uint Depth)>();
        stack.Push((new ChunkReference(content.Root, content.Size), content.Depth));
        while (stack.TryPop(out var node))
        {
            if (!contents.Chunks.Contains(node.Line.Id)) continue;
            yield return node.Line.Id;
            if (node.Depth == 0) continue;
            foreach (var line in List(node.Line, isStrict)) stack.Push((line, node.Depth - 1));
        }
    }

    private static Content Keyed(Content content) => content with { Chunking = 0 };

    private IEnumerable<(PackRow Pack, long Used)> Reclaimable(int leastPart)
    {
        contents.Chunks.FlushIndex();
        return contents.Chunks.Index.Use().Where(each => ChunkStore.IsReclaimable(each.Pack, each.Used, leastPart));
    }

    private long Count(HashSet<ChunkId> unneeded, (long Generation, long Last, List<(Content Content, long Revision, long Document)> Found) named, CancellationToken cancellation)
    {
        foreach (var (content, _, _) in named.Found)
        {
            cancellation.ThrowIfCancellationRequested();
            unneeded.ExceptWith(ChunksOf(content, isStrict: true));
        }
        unneeded.ExceptWith(InUse(isStrict: true));
        return unneeded.Sum(id => contents.Chunks.StoredBytes(id) ?? 0);
    }

    /// <param name="unneeded">Chunks that may go.</param>
    /// <param name="named">What names contents, as far as it was looked at.</param>
    /// <param name="going">Contents that go; all others keep their chunks.</param>
    /// <param name="stillGoes">Whether a content goes that was named since, by a document.</param>
    /// <returns>Bytes on disk of what left the index.</returns>
    private long Remove(
        HashSet<ChunkId> unneeded, (long Generation, long Last, List<(Content Content, long Revision, long Document)> Found) named, HashSet<Content> going,
        Func<Content, long, bool> stillGoes, Func<IEnumerable<Content>> needed, bool isStrict, CancellationToken cancellation)
    {
        var chunks = contents.Chunks;
        foreach (var (content, _, _) in named.Found)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!going.Contains(Keyed(content))) unneeded.ExceptWith(ChunksOf(content, isStrict));
        }
        if (unneeded.Count == 0) return 0;
        chunks.Condemn(unneeded);
        try
        {
            // Whoever relied on a chunk before it was condemned has told so; who comes later writes it again.
            chunks.Spare(InUse(isStrict));
            IReadOnlyCollection<ChunkId> gone;
            var bytes = chunks.Condemned().Sum(id => chunks.StoredBytes(id) ?? 0);
            lock (db.Gate)
            {
                // What was committed meanwhile. After all was numbered anew nothing of this holds: it is for the next call.
                var (now, _, later) = Named(named.Last);
                if (now != named.Generation) return 0;
                foreach (var (content, _, document) in later)
                {
                    if (!stillGoes(content, document)) chunks.Spare(ChunksOf(content, isStrict));
                }
                foreach (var content in needed()) chunks.Spare(ChunksOf(content, isStrict));
                using var transaction = db.Begin();
                gone = chunks.Condemned();
                var set = gone.ToHashSet();
                foreach (var (content, revision, _) in named.Found)
                {
                    if (going.Contains(Keyed(content)) && ChunksOf(content, isStrict: false).Any(set.Contains)) catalog.Revisions.AddMissing(content, revision);
                }
                chunks.RemoveAll(gone);
                transaction.Commit();
            }
            chunks.NoteRemoved(gone);
            return bytes;
        }
        finally
        {
            chunks.EndRemoval();
        }
    }

    /// <summary>Chunks of what is being stored, or is stored and not committed; and of what is below a draft or open, unless other devices have it.</summary>
    private IEnumerable<ChunkId> InUse(bool isStrict)
    {
        var (storing, stored) = contents.InFlight.Now();
        IEnumerable<Content> used = isStrict ? [.. stored, .. drafted(), .. contents.OpenContents()] : stored;
        return storing.Concat(used.SelectMany(content => ChunksOf(content, isStrict)));
    }

    private (long Generation, long Last, List<(Content Content, long Revision, long Document)> Found) Named(long after)
    {
        lock (db.Gate) return (catalog.Generation, catalog.Revisions.LastRow, catalog.Revisions.ContentsAfter(after));
    }

    private HashSet<long> Rows(IReadOnlySet<DocumentId> documents)
    {
        lock (db.Gate) return [.. documents.Select(catalog.Revisions.FindRow).OfType<long>()];
    }

    private ChunkReference[] List(ChunkReference list, bool isStrict)
    {
        try
        {
            return contents.ReadList(list);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.NotHere && !isStrict)
        {
            // Nobody finds chunks by a damaged list either.
            return [];
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.NotHere)
        {
            // It went meanwhile, with its content.
            return [];
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.Corrupt)
        {
            throw new PeerDriveException(ErrorKind.Corrupt, $"A chunk list is damaged, so that nobody can tell what it needs: {e.Message} First: peerdrive check", e);
        }
    }
}
