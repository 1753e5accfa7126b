using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Sync.Fetching;

/// <summary>
/// Keeps a replica that is a cache below its quota: drops contents that are not pinned, those that were not used for longest first, as far as enough others
/// confirm to have them. Of a content that is being read what will be read next stays.
/// </summary>
internal sealed class CacheKeeper : IAsyncDisposable
{
    /// <summary>Contents that others are asked for at once.</summary>
    private const int Batch = 256;

    /// <summary>Contents that are looked at for room that copies need: those that were not used for longest.</summary>
    private const int MostForCopies = 4 * Batch;

    private readonly SyncEngine engine;
    private readonly Volume volume;
    private readonly DemandFetcher demand;
    private readonly WokenLoop loop;
    private long wanted;
    private long? made;

    public CacheKeeper(SyncEngine engine, Volume volume, DemandFetcher demand)
    {
        (this.engine, this.volume, this.demand) = (engine, volume, demand);
        loop = new WokenLoop(StepAsync);
    }

    public void Start() => loop.Start();

    /// <summary>More came, or the policy is another one.</summary>
    public void Wake() => loop.Wake();

    /// <summary>Contents that have too few copies would be taken in if there were room: drops what has more copies than it needs. Now and then.</summary>
    public void MakeRoom(long bytes)
    {
        Interlocked.Exchange(ref wanted, bytes);
        Wake();
    }

    public ValueTask DisposeAsync() => loop.DisposeAsync();

    private async Task StepAsync(CancellationToken cancellation)
    {
        try
        {
            if (volume.Replica.Policy is not { Kind: PolicyKind.Cache, Quota: var quota }) return;
            if (volume.Contents.Chunks.DiskBytes() > quota / 10 * 7)
            {
                demand.Pause();
                await ReleaseAsync(quota / 2, surplus: 0, int.MaxValue, cancellation);
            }
            if (Interlocked.Exchange(ref wanted, 0) is not (> 0 and var room) || (made is { } last && engine.Time.GetElapsedTime(last) < SyncLimits.RoomPause)) return;
            made = engine.Time.GetTimestamp();
            await ReleaseAsync(Math.Max(0, (quota / 2) - room), surplus: 1, MostForCopies, cancellation);
        }
        catch (PeerDriveException)
        {
            // A full or failing disk: whoever stores next is told so, and the next bytes that come try again.
        }
        finally
        {
            demand.Resume();
        }
    }

    private async Task ReleaseAsync(long target, int surplus, int most, CancellationToken cancellation)
    {
        var pinned = volume.Retention.PinnedRoots();
        foreach (var batch in volume.Replica.Droppable(volume.Contents).Where(each => !pinned.Contains(each.Content.Root)).Take(most).Chunk(Batch))
        {
            var excess = volume.Contents.Chunks.DiskBytes() - target;
            if (excess <= 0) return;
            List<Content> going = [];
            HashSet<DocumentId> documents = [];
            foreach (var (content, document) in batch)
            {
                if (excess <= 0) break;
                going.Add(content);
                documents.Add(document);
                excess -= (long)content.Size;
            }
            await engine.ReleaseAsync(volume, documents, going, demand.Windows(), surplus, cancellation);
        }
    }
}
