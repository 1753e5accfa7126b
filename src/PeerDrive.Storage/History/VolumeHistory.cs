using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.History;

/// <summary>
/// The past of a volume, read through a connection of its own: those who look at it for long hold up nobody who looks at the present. Thread-safe.
/// </summary>
public sealed class VolumeHistory : IDisposable
{
    private readonly Database db;
    private readonly CatalogSnapshots catalogs;
    private readonly VolumeMembers members;

    private readonly Func<LogPosition, Changeset> readLog;

    internal VolumeHistory(Database db, VolumeCatalog writer, VolumeCatalog reader, VolumeMembers members, Func<LogPosition, Changeset> readLog)
    {
        this.db = db;
        this.readLog = readLog;
        this.members = members;
        catalogs = new CatalogSnapshots(writer, reader);
    }

    /// <summary>The tree that the changesets made up to a moment make, by their makers' clocks, of those that are committed here.</summary>
    public PastTree TreeAt(DateTimeOffset moment)
    {
        var limit = (moment - DateTimeOffset.UnixEpoch).Ticks * 100;
        return new PastTree(catalogs, members.DeviceName, _ => (_, _, time) => time <= limit);
    }

    /// <summary>The tree as the maker of a revision saw it then; no clock has a say in it.</summary>
    /// <inheritdoc cref="TreeAsOf(ChangesetHash)"/>
    public PastTree TreeAsOf(RevisionId revision)
    {
        using var scope = catalogs.Enter();
        return TreeAsOf(scope.Catalog.Revisions.Find(revision) is { } row
            ? scope.Catalog.Chains.Get(row.Changeset).Hash
            : throw new PeerDriveException(ErrorKind.NotFound, $"Revision {revision} is not here."));
    }

    /// <summary>The tree as the maker of a changeset saw it then, the changeset included.</summary>
    /// <exception cref="PeerDriveException">NotFound: it is not here.</exception>
    public PastTree TreeAsOf(ChangesetHash changeset)
    {
        using var scope = catalogs.Enter();
        if (scope.Catalog.Chains.Find(changeset) is null) throw new PeerDriveException(ErrorKind.NotFound, $"Changeset {changeset} is not here.");
        return new PastTree(catalogs, members.DeviceName, catalog =>
        {
            var seen = catalog.Chains.VectorOf(catalog.Chains.Require(changeset));
            return (chain, sequence, _) => seen.TryGetValue(chain, out var last) && last >= sequence;
        });
    }

    /// <summary>Some changes, newest first. A page costs by its own length; one that is filtered reads a limited number of changesets.</summary>
    public HistoryPage Changes(HistoryQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        using var scope = catalogs.Enter();
        return new HistoryReader(scope.Catalog, readLog, query).Read();
    }

    /// <summary>All devices that changed something.</summary>
    public IReadOnlySet<DeviceId> Devices()
    {
        using var scope = catalogs.Enter();
        return scope.Catalog.Chains.All().Select(chain => chain.Device).ToHashSet();
    }

    /// <summary>What the changesets of a span of time, of some devices or of all, touched.</summary>
    internal UndoneChanges Undone(RewindScope scope)
    {
        using var view = catalogs.Enter();
        var catalog = view.Catalog;
        // What comes later, the rewind's own changes among it, is not undone.
        var last = catalog.Chains.All().ToDictionary(chain => chain.Id, chain => chain.Sequence);
        bool IsUndone(long chain, long sequence, long time, IReadOnlySet<long>? chains) =>
            time >= scope.Since && time <= scope.Until && chains?.Contains(chain) != false && last.TryGetValue(chain, out var end) && sequence <= end;
        var own = ChainsOf(catalog);
        var positions = new List<LogPosition>();
        using (var select = catalog.Db.Prepare("SELECT chain, sequence, time, log_file, log_offset FROM changesets WHERE void = 0 AND time >= ? AND time <= ?").Bind(scope.Since).Bind(scope.Until))
        {
            while (select.Step())
            {
                if (IsUndone(select.Long(0), select.Long(1), select.Long(2), own)) positions.Add(new LogPosition(select.Int(3), select.Long(4)));
            }
        }
        var entries = new HashSet<EntryId>();
        var documents = new Dictionary<DocumentId, HashSet<RevisionId>>();
        foreach (var operation in positions.SelectMany(position => readLog(position).Body.Operations))
        {
            if (operation is Operation.Put put) entries.Add(put.Entry);
            else if (operation is Operation.Delete delete) entries.Add(delete.Entry);
            else if (operation is Operation.Revise { Revision: { IsMerge: false } revision })
            {
                if (!documents.TryGetValue(revision.Document, out var revisions)) documents[revision.Document] = revisions = [];
                revisions.Add(revision.Id);
            }
        }
        return new UndoneChanges(entries, documents, new PastTree(
            catalogs, members.DeviceName,
            known =>
            {
                var chains = ChainsOf(known);
                return (chain, sequence, time) => !IsUndone(chain, sequence, time, chains);
            },
            mergesNeedParents: true));

        IReadOnlySet<long>? ChainsOf(VolumeCatalog known) =>
            scope.Devices is { } devices ? known.Chains.All().Where(chain => devices.Contains(chain.Device)).Select(chain => chain.Id).ToHashSet() : null;
    }

    public void Dispose() => db.Dispose();
}
