using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Replicas;

/// <summary>
/// Drops contents that others have from this replica. They count as absent from the same transaction on in which their chunks leave the index; only
/// then files go. After a crash in between there is room that nothing tells of, which the next release gives back, and never a content that is
/// said to be here and is not.
/// </summary>
internal sealed class ContentRelease(Database db, VolumeCatalog catalog, ContentStore contents)
{
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
            var chunks = contents.Chunks;
            chunks.FlushIndex();
            var going = dropped.Where(content => !content.IsEmpty).Select(Keyed).ToHashSet();
            var (generation, last, owned) = Named(0);
            var rows = Rows(documents);
            going.ExceptWith(owned.Where(each => !rows.Contains(each.Document)).Select(each => Keyed(each.Content)));
            var unneeded = going.SelectMany(ChunksOf).ToHashSet();
            unneeded.ExceptWith(kept);
            foreach (var (content, _, _) in owned)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!going.Contains(Keyed(content))) unneeded.ExceptWith(ChunksOf(content));
            }
            if (unneeded.Count == 0) return 0;
            lock (db.Gate)
            {
                // What was committed meanwhile. After all was numbered anew nothing of this holds: it is for the next call.
                var (now, _, later) = Named(last);
                if (now != generation) return 0;
                foreach (var (content, _, document) in later)
                {
                    if (!going.Contains(Keyed(content)) || !rows.Contains(document)) unneeded.ExceptWith(ChunksOf(content));
                }
                using var transaction = db.Begin();
                foreach (var (content, revision, _) in owned)
                {
                    if (going.Contains(Keyed(content)) && ChunksOf(content).Any(unneeded.Contains)) catalog.Revisions.AddMissing(content, revision);
                }
                chunks.RemoveAll(unneeded);
                transaction.Commit();
            }
            chunks.NoteRemoved(unneeded);
            return chunks.DropUnused(cancellation);
        }
    }

    private static Content Keyed(Content content) => content with { Chunking = 0 };

    private (long Generation, long Last, List<(Content Content, long Revision, long Document)> Found) Named(long after)
    {
        lock (db.Gate) return (catalog.Generation, catalog.Revisions.LastRow, catalog.Revisions.ContentsAfter(after));
    }

    private HashSet<long> Rows(IReadOnlySet<DocumentId> documents)
    {
        lock (db.Gate) return [.. documents.Select(catalog.Revisions.FindRow).OfType<long>()];
    }

    /// <summary>The chunks and lists of a content that are here.</summary>
    private IEnumerable<ChunkId> ChunksOf(Content content)
    {
        if (content.IsEmpty) yield break;
        var stack = new Stack<(ChunkReference Line, uint Depth)>();
        stack.Push((new ChunkReference(content.Root, content.Size), content.Depth));
        while (stack.TryPop(out var node))
        {
            if (!contents.Chunks.Contains(node.Line.Id)) continue;
            yield return node.Line.Id;
            if (node.Depth == 0) continue;
            foreach (var line in List(node.Line)) stack.Push((line, node.Depth - 1));
        }
    }

    private ChunkReference[] List(ChunkReference list)
    {
        try
        {
            return contents.ReadList(list);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.NotHere)
        {
            // Nobody finds chunks by a damaged list either.
            return [];
        }
    }
}
