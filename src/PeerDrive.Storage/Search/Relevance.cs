using PeerDrive.Model.Queries;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Search;

/// <summary>
/// How well lines match words: by BM25, in which a rare word counts more than a frequent one and a short name more than a long one. A word in the name
/// counts more than one that somebody attached, and that more than one in the text.
/// </summary>
internal sealed class Relevance(Database db, IReadOnlyList<QueryNode.Words> sought)
{
    private const double NameWeight = 10, AttachedWeight = 3, TextWeight = 1;

    /// <summary>The usual parameters of BM25: how soon repetition stops to count, and how much length does.</summary>
    private const double Repetition = 1.2, Length = 0.75;

    /// <summary>Words of a usual name.</summary>
    private const double UsualName = 4;

    /// <summary>Of a word in more texts than these it is only seen that it is there: counting how often would take longer than an answer may.</summary>
    private const int CountedTexts = 5000;

    /// <summary>The score of each line; what matches by no word has 0.</summary>
    public Dictionary<long, double> Of(IReadOnlyList<long> lines)
    {
        var scores = lines.ToDictionary(line => line, _ => 0.0);
        if (scores.Count == 0) return scores;
        var names = new Dictionary<long, string[]>();
        var contents = new List<(long Content, long Line)>();
        using (var select = db.Prepare("SELECT docs.id, docs.name, docs.content FROM json_each(?) AS few CROSS JOIN docs ON docs.id = few.value").Bind(LineConditions.Json(lines)))
        {
            while (select.Step())
            {
                names[select.Long(0)] = Folding.Words(select.Text(1)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (select.LongOrNull(2) is { } content) contents.Add((content, select.Long(0)));
            }
        }
        var ofContent = contents.ToLookup(pair => pair.Content, pair => pair.Line);
        foreach (var words in sought) Add(words, scores, names, ofContent);
        return scores;
    }

    private void Add(QueryNode.Words words, Dictionary<long, double> scores, Dictionary<long, string[]> names, ILookup<long, long> ofContent)
    {
        var parts = Folding.Words(Folding.Fold(words.Text)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Place != WordPlace.Content)
        {
            var attached = words.Place == WordPlace.Anywhere ? Attached(words, scores) : [];
            var frequent = names.Values.Count(name => Count(name, parts, words.IsPrefix) > 0) + attached.Count;
            var rarity = Math.Log(1 + ((names.Count - frequent + 0.5) / (Math.Min(frequent, names.Count) + 0.5)));
            rarity = Math.Max(rarity, 0.1);
            foreach (var (line, name) in names)
            {
                var times = Count(name, parts, words.IsPrefix);
                if (times > 0) scores[line] += NameWeight * rarity * times * (Repetition + 1) / (times + (Repetition * (1 - Length + (Length * name.Length / UsualName))));
                else if (attached.Contains(line)) scores[line] += AttachedWeight * rarity;
            }
        }
        if (words.Place == WordPlace.Name) return;
        var match = QueryEvaluator.MatchText(words);
        var isCounted = TextsUpTo(match, CountedTexts + 1) <= CountedTexts;
        using var texts = db.Prepare(isCounted ? "SELECT rowid, -bm25(texts) FROM texts WHERE texts MATCH ?" : "SELECT rowid, 0.1 FROM texts WHERE texts MATCH ?").Bind(match);
        while (texts.Step())
        {
            var score = TextWeight * Math.Clamp(texts.Double(1), 0.001, NameWeight);
            foreach (var line in ofContent[texts.Long(0)]) scores[line] += score;
        }
    }

    /// <summary>Lines that have words in what people attached.</summary>
    private HashSet<long> Attached(QueryNode.Words words, Dictionary<long, double> scores)
    {
        var found = new HashSet<long>();
        using var select = db.Prepare("SELECT rowid FROM names WHERE names MATCH ?").Bind("{words} : " + QueryEvaluator.MatchText(words));
        while (select.Step())
        {
            if (scores.ContainsKey(select.Long(0))) found.Add(select.Long(0));
        }
        return found;
    }

    private int TextsUpTo(string match, int limit)
    {
        using var count = db.Prepare("SELECT count(*) FROM (SELECT 1 FROM texts WHERE texts MATCH ? LIMIT ?)").Bind(match).Bind(limit);
        count.Step();
        return count.Int(0);
    }

    private static int Count(string[] name, string[] parts, bool isPrefix)
    {
        var times = 0;
        for (var at = 0; at + parts.Length <= name.Length; at++)
        {
            var matches = parts.Length > 0;
            for (var i = 0; matches && i < parts.Length; i++)
                matches = isPrefix && i == parts.Length - 1 ? name[at + i].StartsWith(parts[i], StringComparison.Ordinal) : name[at + i] == parts[i];
            if (matches) times++;
        }
        return times;
    }
}
