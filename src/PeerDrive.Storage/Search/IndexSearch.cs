using PeerDrive.Model.Queries;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Search;

/// <summary>Answers queries from an index, through a connection that only reads. Thread-safe: one answer after the other.</summary>
internal sealed class IndexSearch(Database db, ISearchPlaces places, TimeProvider time)
{
    /// <summary>Hits after a place, as many as are asked for; the number of all; and the cursor after the last, if there may be more.</summary>
    public (IReadOnlyList<IndexHit> Hits, long Total, SearchCursor? Next) Find(Query query, SearchCursor? cursor, int limit)
    {
        lock (db.Gate)
        {
            using var snapshot = db.BeginRead();
            var now = time.GetUtcNow();
            var matches = new List<IdSet> { new QueryEvaluator(db, places, now, time.LocalTimeZone, isDeleted: false).Evaluate(query.Root) };
            if (query.AsksForDeleted) matches.Add(new QueryEvaluator(db, places, now, time.LocalTimeZone, isDeleted: true).Evaluate(query.Root));
            IReadOnlyList<QueryNode.Words> sought = [.. query.Root.Sought()];
            var hits = new List<IndexHit>();
            SearchCursor? last = null;
            var isMore = false;
            foreach (var (id, score, after) in new SearchOrder(db, matches, sought).From(cursor))
            {
                if (hits.Count == limit)
                {
                    isMore = true;
                    break;
                }
                hits.Add(Hit(id, score, after, sought));
                last = after;
            }
            return (hits, matches.Sum(set => (long)set.Count), isMore ? last : null);
        }
    }

    private IndexHit Hit(long id, double score, SearchCursor after, IReadOnlyList<QueryNode.Words> sought)
    {
        Model.Identifiers.EntryId entry;
        long? content;
        using (var select = db.Prepare("SELECT entry, content FROM docs WHERE id = ?").Bind(id))
        {
            select.Step();
            entry = select.Id<Model.Identifiers.EntryId>(0);
            content = select.LongOrNull(1);
        }
        return new IndexHit(entry, content is { } text ? Snippet(text, sought) : null, score, after);
    }

    private string? Snippet(long content, IReadOnlyList<QueryNode.Words> sought)
    {
        var texts = sought.Where(words => words.Place != WordPlace.Name).Select(QueryEvaluator.MatchText).ToList();
        if (texts.Count == 0) return null;
        using var select = db.Prepare("SELECT snippet(texts, 0, '', '', '…', ?) FROM texts WHERE texts MATCH ? AND rowid = ?")
            .Bind(SearchLimits.SnippetWords).Bind(string.Join(" OR ", texts)).Bind(content);
        return select.Step() ? Plain(select.Text(0)) : null;
    }

    /// <summary>One line, without signs that steer a terminal.</summary>
    private static string Plain(string text)
    {
        const int longest = 300;
        var plain = string.Join(' ', new string([.. text.Select(letter => char.IsControl(letter) || char.GetUnicodeCategory(letter) == System.Globalization.UnicodeCategory.Format ? ' ' : letter)])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return plain.Length <= longest ? plain : plain[..longest] + "…";
    }
}
