using PeerDrive.Model.Queries;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Search;

/// <summary>
/// The order of an answer. When words are sought, the newest matches, up to a cap, are ordered by how well they match, and the others follow by time;
/// else all are ordered by time. The caller holds the database's gate and a reading transaction.
/// </summary>
internal sealed class SearchOrder(Database db, IReadOnlyList<IdSet> matches, IReadOnlyList<QueryNode.Words> sought)
{
    /// <summary>Hits after a place, with their scores, each with the cursor after it.</summary>
    public IEnumerable<(long Id, double Score, SearchCursor After)> From(SearchCursor? cursor)
    {
        var edge = TimedLine.First;
        if (sought.Count > 0)
        {
            var ranked = Newest(cursor?.Edge);
            edge = ranked.Count > 0 ? ranked[^1] : edge;
            var scores = new Relevance(db, sought).Of([.. ranked.Select(line => line.Id)]);
            foreach (var line in ranked.OrderByDescending(line => scores[line.Id]).ThenBy(line => line))
            {
                var score = scores[line.Id];
                if (cursor is not null && (cursor.Score is not { } last || score > last || (score == last && line.CompareTo(cursor.Last) <= 0))) continue;
                yield return (line.Id, score, new SearchCursor(edge, score, line));
            }
        }
        // What is ordered by relevance is over: from its edge on, or from where this order was left.
        var from = cursor is { Score: null } ? cursor.Last : sought.Count > 0 ? edge : TimedLine.First;
        foreach (var line in ByTime(from)) yield return (line.Id, 0, new SearchCursor(edge, null, line));
    }

    /// <summary>The newest matches, as many as are ordered by relevance; or those down to an edge that was drawn before.</summary>
    private List<TimedLine> Newest(TimedLine? edge) =>
        edge is { } drawn ? [.. ByTime(TimedLine.First).TakeWhile(line => line.CompareTo(drawn) <= 0)] : [.. ByTime(TimedLine.First).Take(SearchLimits.Ranked)];

    /// <summary>Matches after a place, the newest first.</summary>
    private IEnumerable<TimedLine> ByTime(TimedLine after)
    {
        var count = matches.Sum(set => set.Count);
        if (count <= SearchLimits.Few)
        {
            var few = new List<TimedLine>(count);
            using (var select = db.Prepare("SELECT docs.id, docs.mtime FROM json_each(?) AS few CROSS JOIN docs ON docs.id = few.value").Bind(LineConditions.Json(matches.SelectMany(set => set.Ids()))))
            {
                while (select.Step()) few.Add(new TimedLine(select.Long(1), select.Long(0)));
            }
            foreach (var line in few.Order().Where(line => line.CompareTo(after) > 0)) yield return line;
            yield break;
        }
        // In runs, as others use the connection between two of them.
        const int run = 4096;
        var found = new List<TimedLine>(run);
        while (true)
        {
            found.Clear();
            var looked = 0;
            using (var select = db.Prepare("SELECT mtime, id FROM docs WHERE mtime <= ? AND (mtime < ? OR id < ?) ORDER BY mtime DESC, id DESC LIMIT ?").Bind(after.Time).Bind(after.Time).Bind(after.Id).Bind(run))
            {
                while (select.Step())
                {
                    looked++;
                    after = new TimedLine(select.Long(0), select.Long(1));
                    foreach (var set in matches)
                    {
                        if (set.Contains(after.Id)) found.Add(after);
                    }
                }
            }
            foreach (var line in found) yield return line;
            if (looked < run) yield break;
        }
    }
}
