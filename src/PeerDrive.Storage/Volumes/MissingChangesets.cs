using PeerDrive.Model.Changesets;
using PeerDrive.Storage.Catalog;

namespace PeerDrive.Storage.Volumes;

/// <summary>Finds the changesets that somebody with given tips lacks; the work grows with their number. The caller holds the catalog's gate.</summary>
internal sealed class MissingChangesets(VolumeCatalog catalog, VersionVector theirs)
{
    /// <summary>Rows looked at per chain in one go.</summary>
    private const int Page = 2000;

    /// <summary>The first of them in an order in which each comes after what it depends on.</summary>
    public IEnumerable<ChangesetRow> InOrder()
    {
        var tips = theirs.Tips.Select(tip => (Tip: tip, Row: catalog.Chains.Find(tip.Hash))).ToList();
        var known = catalog.Chains.Including(tips.Select(tip => tip.Row).OfType<ChangesetRow>());
        // Who has more of an author than we do has all of ours; should the log have forked, that shows once their branch has come.
        var ahead = tips.Where(tip => tip.Row is null).ToLookup(tip => tip.Tip.Author, tip => (long)tip.Tip.Sequence);
        var found = new List<ChangesetRow>();
        var end = long.MaxValue;
        foreach (var chain in catalog.Chains.All())
        {
            if (ahead[chain.Author].Any(sequence => sequence > chain.Sequence)) continue;
            var rows = catalog.Chains.After(chain.Id, Math.Max(known.GetValueOrDefault(chain.Id), chain.BranchAt), Page);
            // Beyond the end of a full page others may depend on what the page does not show.
            if (rows.Count == Page) end = Math.Min(end, rows[^1].Id);
            found.AddRange(rows);
        }
        return found.Where(row => row.Id <= end).OrderBy(row => row.Id);
    }
}
