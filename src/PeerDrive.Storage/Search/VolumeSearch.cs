using PeerDrive.Model.Errors;
using PeerDrive.Model.Queries;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Search;

/// <summary>
/// Search in a volume: an index beside the catalog that follows it by itself, and answers. All of it derives from the catalog and from contents, and may be
/// deleted at any time. Disposed before the volume. Thread-safe.
/// </summary>
public sealed class VolumeSearch : IAsyncDisposable
{
    private readonly Volume volume;
    private readonly TimeProvider time;
    private readonly Database writeDb, readDb;
    private readonly VolumeIndexer indexer;
    private readonly IndexSearch index;

    private VolumeSearch(Volume volume, TimeProvider time, Database writeDb, Database readDb, IDocumentTexts texts)
    {
        this.volume = volume;
        this.time = time;
        this.writeDb = writeDb;
        this.readDb = readDb;
        indexer = new VolumeIndexer(volume, writeDb, texts, time);
        index = new IndexSearch(readDb, new VolumePlaces(volume, new IndexSource(volume)), time);
    }

    /// <summary>Another number whenever answers may have changed, but for those that depend on the time.</summary>
    public long Version => indexer.Version;

    public IndexProgress Progress => indexer.Progress;

    /// <summary>Opens a volume's index, or makes one, which takes its time in the background.</summary>
    /// <param name="texts">What is read out of contents; null: the words of plain texts.</param>
    /// <exception cref="PeerDriveException">NoSpace, ReadOnly or Io.</exception>
    public static VolumeSearch Open(Volume volume, IDisk disk, TimeProvider time, IDocumentTexts? texts = null)
    {
        var path = Path.Combine(volume.Folder, SearchFile.Name);
        var writeDb = SearchFile.Open(disk, path);
        Database? readDb = null;
        try
        {
            readDb = disk.OpenDatabase(path, durable: false);
            readDb.Execute($"PRAGMA cache_size=-{SearchLimits.CacheKibibytes}");
            return new VolumeSearch(volume, time, writeDb, readDb, texts ?? new PlainTexts(volume.Contents));
        }
        catch
        {
            readDb?.Dispose();
            writeDb.Dispose();
            throw;
        }
    }

    public void Start() => indexer.Start();

    /// <summary>Waits, for a short time, until answers tell all that is committed now; not while the index is being made.</summary>
    public Task WhenCurrentAsync(CancellationToken cancellation) => indexer.WhenCurrentAsync(SearchLimits.Wait, time, cancellation);

    /// <summary>Entries that match, the best first. What is in the trash only when the query asks for it.</summary>
    /// <param name="cursor">Where the page before ended; null or empty: the first page.</param>
    /// <exception cref="PeerDriveException">Invalid: no cursor.</exception>
    public SearchPage Find(Query query, string? cursor, int limit)
    {
        SearchCursor? from = null;
        if (cursor is { Length: > 0 })
            from = SearchCursor.Parse(cursor) ?? throw new PeerDriveException(ErrorKind.Invalid, "This is no place to go on from; ask for the first page again.");
        var isPartial = Progress.IsBuilding;
        var (found, total, next) = index.Find(query, from, limit);
        var hits = new List<SearchHit>(found.Count);
        foreach (var hit in found)
        {
            // The tree may be ahead of the index.
            if (volume.Reader.Get(hit.Entry) is not { } entry || (!entry.IsLive && !query.AsksForDeleted)) continue;
            hits.Add(new SearchHit(entry, volume.Reader.PathOf(entry.Id), hit.Snippet, hit.Score, hit.After.ToString()));
        }
        return new SearchPage(hits, total, next?.ToString()) { IsPartial = isPartial };
    }

    public async ValueTask DisposeAsync()
    {
        await indexer.DisposeAsync();
        lock (readDb.Gate) readDb.Dispose();
        lock (writeDb.Gate) writeDb.Dispose();
    }
}
