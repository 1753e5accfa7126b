using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.History;

/// <summary>
/// What has been found of a past tree, while the catalog stays as it is: each folder is looked at when it is asked for. Used with the catalog's gate held.
/// </summary>
internal sealed class PastState
{
    /// <summary>Live entries of folders that are remembered at most.</summary>
    private const int MaxRemembered = 200_000;

    private readonly VolumeCatalog catalog;
    private readonly Func<DeviceId, string> deviceName;
    private readonly PastPlaces places;
    private readonly PastDeletes deletes;
    private readonly PastRevisions revisions;
    private readonly Dictionary<long, bool> holds = [];
    private readonly Dictionary<long, List<Child>> listed = [];
    private int remembered;

    public PastState(VolumeCatalog catalog, Cut cut, Func<DeviceId, string> deviceName, bool mergesNeedParents)
    {
        this.catalog = catalog;
        this.deviceName = deviceName;
        places = new PastPlaces(catalog, cut);
        deletes = new PastDeletes(catalog, cut, places);
        revisions = new PastRevisions(catalog, cut, mergesNeedParents);
    }

    /// <summary>An entry that was live; null when it was not.</summary>
    public PastEntry? Find(EntryId entry)
    {
        if (catalog.Tree.FindRow(entry) is not { } row || row <= TreeTable.Root || places.Of(row) is not { } put || !IsLive(row, put)) return null;
        var parent = places.ShownParent(put);
        var same = Live(parent, put.Name);
        if (same.Count < 2) return View(new Child(row, put, put.Name), parent);
        return List(parent).Where(child => child.Entry == row).Select(child => View(child, parent)).FirstOrDefault() ?? View(new Child(row, put, put.Name), parent);
    }

    public IEnumerable<PastEntry> Children(EntryId folder) => catalog.Tree.FindRow(folder) is { } row && IsFolder(row) ? List(row).Select(child => View(child, row)) : [];

    /// <summary>The live entry that a folder showed under a name; null when there was none.</summary>
    public PastEntry? Find(EntryId folder, EntryName name)
    {
        if (catalog.Tree.FindRow(folder) is not { } row || !IsFolder(row)) return null;
        if (listed.TryGetValue(row, out var known)) return known.Where(child => child.ShownName == name).Select(child => View(child, row)).FirstOrDefault();
        var named = Live(row, name);
        if (named.Count > 0) return View(named.MinBy(child => child.Put.Key), row);
        // Only a suffixed name has this mark; it is looked for among all.
        return name.Bytes.IndexOf(" (from "u8) <= 0 ? null : List(row).Where(child => child.ShownName == name).Select(child => View(child, row)).FirstOrDefault();
    }

    /// <summary>Live entries that referred to a document, of those that do so now.</summary>
    public List<PastEntry> EntriesOf(DocumentId document)
    {
        if (catalog.Revisions.FindRow(document) is not { } row) return [];
        return [.. catalog.Tree.EntriesOf(row).Select(entry => Find(catalog.Tree.IdOf(entry))).OfType<PastEntry>().Where(entry => entry.Document == document)];
    }

    public bool WasPlaced(EntryId entry) => catalog.Tree.FindRow(entry) is { } row && row > TreeTable.Root && places.Of(row) is not null;

    public RevisionView? ShownOf(DocumentId document) =>
        catalog.Revisions.FindRow(document) is { } row && revisions.Shown(row) is { } shown ? VolumeReader.View(shown) : null;

    private bool IsFolder(long row) => row == TreeTable.Root || (row > TreeTable.Root && places.Of(row) is { IsFolder: true });

    private PastEntry View(Child child, long parent) => new(
        catalog.Tree.IdOf(child.Entry), parent switch { TreeTable.Root => EntryId.Root, TreeTable.LostAndFound => EntryId.LostAndFound, _ => catalog.Tree.IdOf(parent) },
        child.Put.Name, child.ShownName, catalog.Revisions.DocumentOf(child.Put.Document), child.Put.IsFolder,
        revisions.Shown(child.Put.Document) is { } shown ? VolumeReader.View(shown) : null);

    /// <summary>Live entries of a folder by shown name. Of lost+found none are known.</summary>
    private List<Child> List(long folder)
    {
        if (folder < TreeTable.Root) return [];
        if (listed.TryGetValue(folder, out var known)) return known;
        var live = Live(folder, null);
        Suffix(live);
        live.Sort((left, right) => left.ShownName.CompareTo(right.ShownName));
        if (remembered + live.Count > MaxRemembered)
        {
            listed.Clear();
            remembered = 0;
        }
        remembered += live.Count;
        return listed[folder] = live;
    }

    private List<Child> Live(long folder, EntryName? name)
    {
        var live = new List<Child>();
        if (folder < TreeTable.Root) return live;
        var (once, others) = places.Candidates(folder, name);
        foreach (var (entry, put, hasDeletes) in once)
        {
            if (!hasDeletes || IsLive(entry, put)) live.Add(new Child(entry, put, put.Name));
        }
        foreach (var entry in others)
        {
            if (places.Of(entry) is { } put && put.Parent == folder && (name is not { } one || put.Name == one) && IsLive(entry, put)) live.Add(new Child(entry, put, put.Name));
        }
        return live;
    }

    private bool IsLive(long entry, PastPut put) => !deletes.IsDeleted(entry, put) || Holds(entry, put);

    /// <summary>Whether something live was in a folder, at any depth.</summary>
    private bool Holds(long folder, PastPut put)
    {
        if (!put.IsFolder) return false;
        if (holds.TryGetValue(folder, out var known)) return known;
        // No tree has a circle, so that this is asked for no folder inside itself; the mark costs nothing.
        holds[folder] = false;
        var (once, others) = places.Candidates(folder, null);
        var found = once.Exists(child => !child.HasDeletes || IsLive(child.Entry, child.Put))
            || others.Exists(entry => places.Of(entry) is { } child && child.Parent == folder && IsLive(entry, child));
        return holds[folder] = found;
    }

    private void Suffix(List<Child> live)
    {
        var byName = live.GroupBy(child => child.Put.Name).Where(same => same.Skip(1).Any()).ToList();
        if (byName.Count == 0) return;
        var ranked = new List<RankedName>();
        foreach (var same in byName)
        {
            var rank = 0;
            foreach (var child in same.OrderBy(child => child.Put.Key))
            {
                if (rank > 0)
                {
                    var maker = catalog.Chains.Chain(catalog.Chains.Require(child.Put.Key.Changeset).Chain).Device;
                    ranked.Add(new RankedName(catalog.Tree.IdOf(child.Entry), child.Put.Name, rank, child.Put.IsFolder, deviceName(maker)));
                }
                rank++;
            }
        }
        var plain = live.Select(child => child.Put.Name).ToHashSet();
        var names = ShownNames.Of(ranked, plain.Contains);
        for (var i = 0; i < live.Count; i++)
        {
            if (names.TryGetValue(catalog.Tree.IdOf(live[i].Entry), out var shown)) live[i] = live[i] with { ShownName = shown };
        }
    }

    private readonly record struct Child(long Entry, PastPut Put, EntryName ShownName);
}
