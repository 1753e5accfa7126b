using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Model.Tree;
using PeerDrive.Storage.Catalog;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// Which entries of a folder are shown under another name than their own, because an older entry keeps it. What was found of a committed
/// state is remembered until something is committed. Used with the gate of the catalog that is asked.
/// </summary>
internal sealed class SuffixedNames(Func<DeviceId, string> deviceName)
{
    private const int MaxFolders = 256;

    private readonly Dictionary<long, Found> remembered = [];
    private CatalogVersion state;

    /// <param name="isCommitted">The catalog shows a committed state; otherwise an edit is under way, of which nothing is remembered.</param>
    public Found Of(VolumeCatalog catalog, bool isCommitted, long folder)
    {
        if (!isCommitted) return Find(catalog, folder);
        var now = catalog.Version;
        if (now != state || remembered.Count >= MaxFolders) remembered.Clear();
        state = now;
        if (remembered.TryGetValue(folder, out var known)) return known;
        return remembered[folder] = Find(catalog, folder);
    }

    /// <summary>Entries of one name, the one that keeps it first.</summary>
    public static List<EntryRow> InOrder(VolumeCatalog catalog, IEnumerable<EntryRow> entries) =>
        [.. entries.Select(entry => (Entry: entry, Put: catalog.Entries.PutOf(entry.Placed)))
            .OrderBy(pair => pair.Put.Lamport).ThenBy(pair => pair.Put.Hash).ThenBy(pair => pair.Put.Op).Select(pair => pair.Entry)];

    private Found Find(VolumeCatalog catalog, long folder)
    {
        var doubles = catalog.Entries.Doubles(folder);
        if (doubles.Count == 0) return Found.None;
        var ranked = new List<RankedName>();
        foreach (var same in doubles.GroupBy(entry => entry.Name))
        {
            var ordered = InOrder(catalog, same);
            for (var rank = 1; rank < ordered.Count; rank++)
            {
                var entry = ordered[rank];
                ranked.Add(new RankedName(entry.Id, entry.Name, rank, entry.IsFolder, deviceName(catalog.Entries.PutOf(entry.Placed).Device)));
            }
        }
        var names = ShownNames.Of(ranked, name => catalog.Entries.CountLive(folder, name) > 0);
        return new Found(names, [.. names.Select(pair => (pair.Value, pair.Key)).OrderBy(pair => pair.Value)]);
    }

    /// <param name="ByEntry">Shown name of each such entry.</param>
    /// <param name="InOrder">The same by the bytes of the shown names.</param>
    public sealed record Found(IReadOnlyDictionary<EntryId, EntryName> ByEntry, IReadOnlyList<(EntryName Name, EntryId Entry)> InOrder)
    {
        public static readonly Found None = new(System.Collections.Immutable.ImmutableDictionary<EntryId, EntryName>.Empty, []);

        public EntryName NameOf(EntryRow row) => ByEntry.GetValueOrDefault(row.Id, row.Name);

        /// <summary>Index of the first whose shown name comes after another.</summary>
        public int After(EntryName name)
        {
            int low = 0, high = InOrder.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (InOrder[middle].Name.CompareTo(name) > 0) high = middle;
                else low = middle + 1;
            }
            return low;
        }
    }
}
