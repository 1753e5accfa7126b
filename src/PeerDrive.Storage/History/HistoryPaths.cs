using PeerDrive.Model.Changesets;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;

namespace PeerDrive.Storage.History;

/// <summary>Where entries were put, and how the folders are called now. For one page; used with the catalog's gate held.</summary>
internal sealed class HistoryPaths(VolumeCatalog catalog)
{
    private const int MaxDepth = 10_000;

    private readonly Dictionary<long, (long Parent, string Name)?> places = [];
    private readonly Dictionary<long, List<PastPut>> puts = [];
    private readonly PastPlaces all = new(catalog, (_, _, _) => true);

    /// <summary>All puts of an entry, in order.</summary>
    public List<PastPut> Puts(long entry)
    {
        if (puts.TryGetValue(entry, out var known)) return known;
        return puts[entry] = [.. all.Puts(entry).Select(put => put.Put).OrderBy(put => put.Key)];
    }

    /// <summary>The last put of an entry before an operation; null when there was none.</summary>
    public PastPut? Before(long entry, OrderKey key)
    {
        PastPut? last = null;
        foreach (var put in Puts(entry))
        {
            if (put.Key.CompareTo(key) < 0) last = put;
        }
        return last;
    }

    /// <summary>A name in a folder, which is called as it is now.</summary>
    public string Of(long folder, EntryName name)
    {
        var names = new Stack<string>([name.ToString()]);
        for (var at = folder; at != TreeTable.Root && names.Count < MaxDepth;)
        {
            if (Place(at) is not { } place)
            {
                names.Push("lost+found");
                break;
            }
            names.Push(place.Name);
            at = place.Parent;
        }
        return "/" + string.Join('/', names);
    }

    /// <summary>Whether a folder is another one or lies in it now.</summary>
    public bool IsIn(long folder, long above)
    {
        var depth = 0;
        for (long? at = folder; at is { } current && depth < MaxDepth; at = Place(current)?.Parent, depth++)
        {
            if (current == above) return true;
        }
        return false;
    }

    private (long Parent, string Name)? Place(long entry)
    {
        if (entry <= TreeTable.Root) return null;
        if (places.TryGetValue(entry, out var known)) return known;
        using var select = catalog.Db.Prepare("SELECT parent, name FROM entries WHERE id = ? AND placed IS NOT NULL").Bind(entry);
        return places[entry] = select.Step() ? (select.Long(0), EntryName.Create(select.Blob(1)).ToString()) : null;
    }
}
