using System.Collections.Concurrent;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Collecting;

/// <summary>Gives back the room of what nothing refers to any more, while the replica is in use, and tells what the rest is needed for. Thread-safe.</summary>
public sealed class VolumeCollection
{
    /// <summary>Chunks that are remembered at once while they are counted.</summary>
    private const int ChunksAtOnce = 1_000_000;

    private readonly Volume volume;
    private readonly CatalogSnapshots snapshots;
    private readonly Func<LogPosition, Changeset> readLog;
    private readonly ConcurrentDictionary<string, Func<IReadOnlyList<Content>>> keepers = new();
    private DiskUse? lastUse;

    internal VolumeCollection(Volume volume, CatalogSnapshots snapshots, VolumeCatalog catalog, Func<LogPosition, Changeset> readLog)
    {
        (this.volume, this.snapshots, this.readLog) = (volume, snapshots, readLog);
        Collector = new Collector(catalog.Db, catalog, volume.Contents, () => [.. volume.Drafts.Needed(), .. keepers.Values.SelectMany(keeper => keeper())], VoidContents);
    }

    internal Collector Collector { get; }

    /// <summary>What was counted last; null: nothing since the volume was opened.</summary>
    public DiskUse? LastUse => Volatile.Read(ref lastUse);

    /// <summary>Something besides the volume's history needs contents here: they stay.</summary>
    /// <param name="name">Of whoever it is; asked for again, the newer one counts.</param>
    /// <param name="contents">Called from any thread, with nothing locked.</param>
    public void Keep(string name, Func<IReadOnlyList<Content>> contents) => keepers[name] = contents;

    /// <param name="dryRun">Only tells.</param>
    /// <param name="onProgress">Told how far it is: passes, then packs. Nothing is locked.</param>
    /// <exception cref="PeerDriveException">Corrupt: a chunk list is damaged; a check comes first. NoSpace, Io: nothing is lost.</exception>
    public CollectResult Collect(bool dryRun, Action<long, long> onProgress, CancellationToken cancellation)
    {
        var postponed = WhyPostponed();
        var unnamed = postponed is null ? Collector.TakeOutUnnamed(dryRun, onProgress, cancellation) : 0;
        var given = dryRun ? Collector.ReclaimableBytes(Collector.ThoroughPart) + unnamed : Collector.Reclaim(Collector.ThoroughPart, onProgress, cancellation);
        return new CollectResult(unnamed, given, postponed);
    }

    /// <summary>Counts what the chunks here are needed for. Reads the chunk lists of all contents.</summary>
    public DiskUse CountUse(CancellationToken cancellation)
    {
        var chunks = volume.Contents.Chunks;
        chunks.FlushIndex();
        List<(Content Content, int Use)> contents;
        using (var scope = snapshots.Enter()) contents = scope.Catalog.Revisions.ContentsByUse();
        var total = chunks.DiskBytes();
        var bytes = new long[3];
        var passes = (chunks.Totals().Chunks / ChunksAtOnce) + 1;
        for (long pass = 0; pass < passes; pass++)
        {
            var seen = new HashSet<ChunkId>();
            foreach (var (content, use) in contents.OrderByDescending(each => each.Use))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var id in Collector.ChunksOf(content, isStrict: false))
                {
                    if ((uint)id.GetHashCode() % passes == pass && seen.Add(id)) bytes[use] += chunks.StoredBytes(id) ?? 0;
                }
            }
        }
        var counted = new DiskUse(bytes[2], bytes[1], bytes[0], Math.Max(0, total - bytes.Sum()));
        Volatile.Write(ref lastUse, counted);
        return counted;
    }

    private string? WhyPostponed()
    {
        if (volume.LackedFeatures.Count > 0) return "The volume needs a newer version of PeerDrive, so nobody can tell here what refers to what.";
        if (volume.Checkpoints.Kept is not null) return "The history is still on its way, so nobody can tell yet what refers to what.";
        var waiting = volume.Replica.Missing(int.MaxValue).Count(content => content.Depth > 0 && !HasLists(content));
        return waiting == 0 ? null : $"The chunk lists of {waiting} contents are still on their way, so nobody can tell yet what they need.";
    }

    private bool HasLists(Content content)
    {
        var stack = new Stack<(ChunkReference Line, uint Depth)>();
        stack.Push((new ChunkReference(content.Root, content.Size), content.Depth));
        try
        {
            while (stack.TryPop(out var node))
            {
                if (!volume.Contents.Chunks.Contains(node.Line.Id)) return false;
                if (node.Depth < 2) continue;
                foreach (var line in volume.Contents.ReadList(node.Line)) stack.Push((line, node.Depth - 1));
            }
            return true;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.NotHere)
        {
            return false;
        }
    }

    /// <summary>Contents of changesets that do not count, and may again when members change.</summary>
    private List<Content> VoidContents()
    {
        List<ChangesetRow> rows;
        using (var scope = snapshots.Enter()) rows = scope.Catalog.Chains.Void();
        return [.. rows.SelectMany(row => readLog(row.Position).Body.Operations).OfType<Operation.Revise>().Select(revise => revise.Revision.State.Content).Where(content => !content.IsEmpty)];
    }
}
