using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Search;

/// <summary>Reads entries for the search index, each run of one state and through a connection of its own, so that nobody waits.</summary>
internal sealed class IndexSource(Volume volume)
{
    /// <summary>How far the catalog is, and how many entries it has.</summary>
    public (long Generation, LogPosition Applied, long Entries) State() => volume.ReadState(catalog => (catalog.Generation, catalog.Applied, catalog.Entries.CountPlaced()));

    /// <summary>A run of entries by row.</summary>
    /// <param name="last">The last row of the run before; 0 for the first.</param>
    public (IReadOnlyList<IndexedEntry> Entries, long Last) After(long last, int limit) => volume.ReadState(catalog =>
    {
        var rows = catalog.Entries.After(last, limit);
        return ((IReadOnlyList<IndexedEntry>)[.. InLogOrder(rows).Select(row => Read(catalog, row))], rows.Count == 0 ? last : rows[^1].Row);
    });

    /// <summary>Entries by id, and those that are not there any more.</summary>
    public (IReadOnlyList<IndexedEntry> Entries, IReadOnlyList<EntryId> Gone) Of(IReadOnlyList<EntryId> entries) => volume.ReadState(catalog =>
    {
        var rows = new List<EntryRow>();
        var gone = new List<EntryId>();
        foreach (var id in entries)
        {
            if (catalog.Entries.Find(id) is { Placed: > 0 } row) rows.Add(row);
            else gone.Add(id);
        }
        return ((IReadOnlyList<IndexedEntry>)[.. InLogOrder(rows).Select(row => Read(catalog, row))], (IReadOnlyList<EntryId>)gone);
    });

    /// <summary>Entries in the order in which they came, as neighbours there are neighbours in the log.</summary>
    public IReadOnlyList<EntryId> InOrder(IReadOnlyCollection<EntryId> entries) =>
        entries.Count < 2 ? [.. entries] : volume.ReadState(catalog => (IReadOnlyList<EntryId>)[.. entries.OrderBy(id => catalog.Tree.FindRow(id) ?? 0)]);

    /// <summary>Those of some entries that are not there any more.</summary>
    public IReadOnlyList<EntryId> GoneOf(IReadOnlyList<EntryId> entries) =>
        volume.ReadState(catalog => (IReadOnlyList<EntryId>)[.. entries.Where(id => catalog.Entries.Find(id) is not { Placed: > 0 })]);

    /// <summary>Which of some contents are not wholly here.</summary>
    public IReadOnlyList<bool> AreMissing(IReadOnlyList<Content> contents) =>
        volume.ReadState(catalog => (IReadOnlyList<bool>)[.. contents.Select(content => !content.IsEmpty && catalog.Revisions.IsMissing(content))]);

    /// <summary>Tells of each content that is not wholly here.</summary>
    public void ForEachMissing(Action<ChunkId, uint, ulong> tell) => volume.ReadState(catalog =>
    {
        using var select = catalog.Db.Prepare("SELECT root, depth, size FROM missing");
        while (select.Step()) tell(select.Id<ChunkId>(0), (uint)select.Long(1), (ulong)select.Long(2));
        return true;
    });

    /// <summary>A changeset holds up to a thousand revisions, and is read once for those that follow each other.</summary>
    private static IEnumerable<EntryRow> InLogOrder(List<EntryRow> rows) => rows.OrderBy(row => row.Shown?.Changeset ?? 0);

    private static IndexedEntry Read(VolumeCatalog catalog, EntryRow row)
    {
        if (row.Shown is not { } shown) return new IndexedEntry(row.Id, row.Parent, row.Name, row.IsLive, row.IsFolder, row.Heads > 1, default, 0, 0, default, null);
        // The log is read only where it says more than the catalog.
        var state = shown.HasXattrs ? Load(catalog, shown) : null;
        state ??= new RevisionState { Kind = shown.Kind, Content = shown.Content };
        var device = shown.IsMerge ? default : catalog.Chains.Chain(catalog.Chains.Get(shown.Changeset).Chain).Device;
        return new IndexedEntry(
            row.Id, row.Parent, row.Name, row.IsLive, row.IsFolder, row.Heads > 1, shown.Id, catalog.Revisions.FirstTime(shown.Document) ?? shown.Time, shown.Mtime, device, state);
    }

    private static RevisionState? Load(VolumeCatalog catalog, RevisionRow shown)
    {
        try
        {
            return catalog.Load(shown).State;
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Corrupt or ErrorKind.Io or ErrorKind.NotFound)
        {
            // The log is damaged there; its name is found all the same.
            return null;
        }
    }
}
