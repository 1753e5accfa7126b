using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>
/// What a query finds, by name; where several have one name, by path. Files as they are shown, folders as links to where they are. Looked up anew whenever
/// it is read and the index has changed.
/// </summary>
/// <param name="query">Null: it is none at the moment.</param>
internal sealed class MatchesFolder(VolumeViews views, string text, ulong above, Func<Query?> query) : ViewFolder(views, new ViewKey(ViewKind.Search, text), above)
{
    /// <summary>The best; others are found by a narrower query.</summary>
    public const int Listed = 2000;

    /// <summary>A query may ask for what depends on the time, and a listing is followed by a look-up of each name.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private Dictionary<EntryName, ViewNode> found = [];
    private long foundVersion = -1, foundAt;

    public override NodeAttributes GetAttributes() => Views.FolderAttributes(Inode, isPrivate: true);

    protected override ViewNode? Find(EntryName name) => Found().GetValueOrDefault(name);

    protected override IEnumerable<ViewLine> List() => Found().Select(pair => new ViewLine(pair.Key, pair.Value));

    private Dictionary<EntryName, ViewNode> Found()
    {
        lock (gate)
        {
            if (Views.Search is not { } search) return [];
            var version = search.Version;
            if (version == foundVersion && Views.Time.GetElapsedTime(foundAt) < Fresh) return found;
            foundAt = Views.Time.GetTimestamp();
            found = query() is { } asked ? Named([.. search.Find(asked, null, Listed).Hits.Select(hit => hit.Entry).Where(entry => entry.Shown is not null)]) : [];
            foundVersion = version;
            return found;
        }
    }

    private Dictionary<EntryName, ViewNode> Named(IReadOnlyList<EntryView> entries)
    {
        var named = new Dictionary<EntryName, ViewNode>();
        foreach (var same in entries.GroupBy(entry => entry.ShownName))
        {
            var isOnly = same.Count() == 1;
            foreach (var entry in same)
            {
                if (NodeOf(entry) is not { } node) continue;
                var name = isOnly ? entry.ShownName : entry.IsLive ? Views.Names.OfPath(entry) : Views.Names.OfDeleted(entry, withPath: true);
                // What is called as another's path is gets its id.
                if (!named.TryAdd(name, node)) named.TryAdd(Views.Names.OfDeleted(entry, withPath: true), node);
            }
        }
        return named;
    }

    private ViewNode? NodeOf(EntryView entry) =>
        !entry.IsLive ? DeletedFolder.NodeOf(Views, entry, Inode) : entry.IsFolder ? AddressLink.To(Views, entry, "../../.."u8) : new RevisionNode(Views, entry.Shown!.Value);
}
