using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>
/// Answers a query from several volumes as one: the pages of each are merged by score, then by time. A cursor says for each volume by the beginning of its id how
/// far its matches were shown; a volume that it does not name is at its beginning.
/// </summary>
internal static class Searching
{
    private const int IdDigits = 16;

    /// <summary>Volumes by name or id; all when none is named.</summary>
    /// <exception cref="PeerDriveException">NotFound or Conflict.</exception>
    public static IReadOnlyList<Volume> Chosen(NodeCore core, IReadOnlyList<string> names) =>
        names.Count == 0 ? core.Volumes.Shown : [.. names.Select(core.Volumes.Require).Distinct()];

    /// <exception cref="PeerDriveException">Invalid: no cursor. Unsupported: a volume cannot be searched.</exception>
    public static async Task<SearchStatus> FindAsync(NodeCore core, Query query, IReadOnlyList<Volume> volumes, string cursor, int limit, CancellationToken cancellation)
    {
        var places = Places(cursor);
        var pages = new List<(Volume Volume, SearchPage Page)>();
        foreach (var volume in volumes)
        {
            var search = core.Volumes.SearchOf(volume) ?? throw new PeerDriveException(ErrorKind.Unsupported, $"Volume {volume.Name} cannot be searched; the node's log says why.");
            await search.WhenCurrentAsync(cancellation).ConfigureAwait(false);
            pages.Add((volume, search.Find(query, places.GetValueOrDefault(Key(volume)), limit)));
        }
        var taken = new int[pages.Count];
        var merged = new List<(Volume Volume, SearchHit Hit)>();
        while (merged.Count < limit && Best(pages, taken) is { } best) merged.Add((pages[best].Volume, pages[best].Page.Hits[taken[best]++]));
        var isMore = false;
        for (var i = 0; i < pages.Count; i++)
        {
            var (volume, page) = pages[i];
            // What was left out at the end of a page because it is gone is passed over with it.
            if (taken[i] == page.Hits.Count && page.Next is { } next) places[Key(volume)] = next;
            else if (taken[i] > 0) places[Key(volume)] = page.Hits[taken[i] - 1].After;
            isMore |= taken[i] < page.Hits.Count || page.Next is not null;
        }
        var present = volumes.ToDictionary(volume => volume, volume => new PresentContents(volume));
        var matches = merged.Select(each => new SearchMatch(
            each.Volume.Name, each.Volume.Id.ToHex(), core.DocumentLinks.Described(EntryViews.Of(each.Volume, each.Hit.Entry, each.Hit.Path, present[each.Volume])), !each.Hit.Entry.IsLive, each.Hit.Snippet, each.Hit.Score));
        return new SearchStatus(
            query.ToString(), [.. matches], pages.Sum(each => each.Page.Total), isMore ? string.Join(',', places.Select(place => $"{place.Key}:{place.Value}")) : null, pages.Any(each => each.Page.IsPartial));
    }

    /// <summary>The page whose next hit is the best; null: all are at their end.</summary>
    private static int? Best(List<(Volume Volume, SearchPage Page)> pages, int[] taken)
    {
        int? best = null;
        for (var i = 0; i < pages.Count; i++)
        {
            if (taken[i] == pages[i].Page.Hits.Count) continue;
            if (best is not { } other || Order(pages[i].Page.Hits[taken[i]]).CompareTo(Order(pages[other].Page.Hits[taken[other]])) > 0) best = i;
        }
        return best;

        static (double Score, long Time) Order(SearchHit hit) => (hit.Score, hit.Entry.Shown?.Mtime ?? 0);
    }

    private static string Key(Volume volume) => volume.Id.ToHex()[..IdDigits];

    private static SortedDictionary<string, string> Places(string cursor)
    {
        var places = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var place in cursor.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = place.IndexOf(':', StringComparison.Ordinal);
            if (colon != IdDigits) throw new PeerDriveException(ErrorKind.Invalid, "This is no place to go on from; ask for the first page again.");
            places[place[..colon]] = place[(colon + 1)..];
        }
        return places;
    }
}
