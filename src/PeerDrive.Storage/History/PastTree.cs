using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.History;

/// <summary>
/// The tree and the shown revisions that a part of a volume's changesets makes: what the rules make of that part from scratch, answered from the
/// catalog folder by folder, so that a look costs what it looks at. Of a moment each answer is of what is committed by then; what is found is
/// remembered until something is committed. Thread-safe. Lock order: <see cref="VolumeReader"/>, this; inside an edit the edit is seen.
/// </summary>
public sealed class PastTree
{
    private readonly CatalogSnapshots catalogs;
    private readonly Func<DeviceId, string> deviceName;
    private readonly Func<VolumeCatalog, Cut> cut;
    private readonly bool mergesNeedParents;
    private Known committed, edited;

    internal PastTree(CatalogSnapshots catalogs, Func<DeviceId, string> deviceName, Func<VolumeCatalog, Cut> cut, bool mergesNeedParents = false)
    {
        this.catalogs = catalogs;
        this.deviceName = deviceName;
        this.cut = cut;
        this.mergesNeedParents = mergesNeedParents;
    }

    /// <summary>An entry that was live then; null when it was not.</summary>
    public PastEntry? Find(EntryId entry) => Read(state => state.Find(entry));

    /// <summary>Live entries of a folder by shown name; none of what is no folder, and of lost+found.</summary>
    public IReadOnlyList<PastEntry> Children(EntryId folder) => Read(state => (IReadOnlyList<PastEntry>)[.. state.Children(folder)]);

    /// <summary>The live entry that a folder showed under a name; null when there was none.</summary>
    public PastEntry? Find(EntryId folder, EntryName name) => Read(state => state.Find(folder, name));

    /// <summary>A live entry that referred to a document; null when there was none.</summary>
    public PastEntry? EntryOf(DocumentId document) => Read(state => state.EntriesOf(document).FirstOrDefault());

    /// <summary>The live entry that was at a path of names; null for the root and when there was none.</summary>
    /// <param name="found">Whether the path led somewhere: to an entry, or to the root.</param>
    public PastEntry? Resolve(byte[] path, out bool found)
    {
        PastEntry? at = null;
        foreach (var range in path.AsSpan().Split((byte)'/'))
        {
            var part = path.AsSpan(range);
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            at = EntryName.IsValid(part) ? Find(at?.Id ?? EntryId.Root, EntryName.Create(part)) : null;
            if (at is not null) continue;
            found = false;
            return null;
        }
        found = true;
        return at;
    }

    /// <summary>An entry's path then, beginning with a slash; null when it was not live.</summary>
    public string? PathOf(EntryId entry) => Read(state =>
    {
        var names = new Stack<string>();
        for (var at = entry; at != EntryId.Root;)
        {
            if (at == EntryId.LostAndFound)
            {
                names.Push("lost+found");
                break;
            }
            if (state.Find(at) is not { } found) return null;
            names.Push(found.ShownName.ToString());
            at = found.Parent;
        }
        return "/" + string.Join('/', names);
    });

    /// <summary>Whether an entry had been placed anywhere, deleted since or not.</summary>
    public bool WasPlaced(EntryId entry) => Read(state => state.WasPlaced(entry));

    /// <summary>The revision that a document showed; null when none had come.</summary>
    public RevisionView? ShownOf(DocumentId document) => Read(state => state.ShownOf(document));

    private T Read<T>(Func<PastState, T> read)
    {
        using var scope = catalogs.Enter();
        ref var known = ref scope.IsCommitted ? ref committed : ref edited;
        var version = scope.IsCommitted ? scope.Catalog.Version : default;
        var changes = scope.IsCommitted ? 0 : scope.Catalog.Db.TotalChanges;
        if (known.State is { } state && known.Version == version && known.Changes == changes) return read(state);
        state = new PastState(scope.Catalog, cut(scope.Catalog), deviceName, mergesNeedParents);
        known = new Known(state, version, changes);
        return read(state);
    }

    /// <param name="Version">Of a committed state; <paramref name="Changes"/> of an edit.</param>
    private record struct Known(PastState? State, CatalogVersion Version, int Changes);
}
