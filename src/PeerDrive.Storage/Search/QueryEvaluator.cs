using System.Globalization;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Queries;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Databases;

namespace PeerDrive.Storage.Search;

/// <summary>
/// Which lines of one range of the index match a query: sets of lines, combined. Of conditions that all have to hold the ones that few lines meet are
/// looked up first, and once few lines are left the others are tried on just those. The caller holds the database's gate and a reading transaction.
/// </summary>
/// <param name="isDeleted">The range: what is in the trash, or what is live.</param>
internal sealed class QueryEvaluator(Database db, ISearchPlaces places, DateTimeOffset now, TimeZoneInfo zone, bool isDeleted)
{
    private readonly long first = isDeleted ? SearchSchema.DeadFrom : 1, end = isDeleted ? long.MaxValue : SearchSchema.DeadFrom;
    private IdSet? all;

    public IdSet Evaluate(QueryNode node) => Evaluate(node, null);

    /// <summary>Text of a full-text query for words; columns are chosen by the caller.</summary>
    public static string MatchText(QueryNode.Words words) => "\"" + words.Text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" + (words.IsPrefix ? "*" : "");

    /// <param name="among">Only these are asked for; null: all lines of the range.</param>
    private IdSet Evaluate(QueryNode node, IdSet? among)
    {
        switch (node)
        {
            case QueryNode.And and:
                var rest = among;
                foreach (var part in and.Parts.OrderBy(Rank)) rest = Evaluate(part, rest);
                return rest!;
            case QueryNode.Or or:
                return or.Parts.Select(part => Evaluate(part, among)).Aggregate((some, more) => some.Or(more));
            case QueryNode.Not not:
                return (among ?? All()).Except(Evaluate(not.Part, among));
            default:
                var few = among is not null && among.Count <= SearchLimits.Few ? among : null;
                var found = Leaf(node, few);
                return among is null ? found : found.And(among);
        }
    }

    /// <summary>The earlier, the fewer lines it is likely to leave and the less it costs to find them.</summary>
    private static int Rank(QueryNode node) => node switch
    {
        QueryNode.Is { State: QueryState.Deleted or QueryState.Conflict } => 0,
        QueryNode.Words => 1,
        QueryNode.Tag => 1,
        QueryNode.Field { How: Comparison.Has or Comparison.Equal } => 2,
        QueryNode.Field => 3,
        QueryNode.Name or QueryNode.By => 4,
        QueryNode.Type or QueryNode.Size or QueryNode.Time => 5,
        QueryNode.In or QueryNode.Is => 6,
        QueryNode.And and => and.Parts.Min(Rank),
        QueryNode.Or or => or.Parts.Max(Rank),
        _ => 7,
    };

    private IdSet Leaf(QueryNode node, IdSet? few) => node switch
    {
        QueryNode.Words words => Words(words),
        QueryNode.Name name => Lines(LineConditions.Of(name), few),
        QueryNode.Size size => Lines(LineConditions.Of(size), few),
        QueryNode.Time time => Lines(LineConditions.Of(time, now, zone), few),
        QueryNode.Type type => LineConditions.Of(type) is { } condition ? Lines(condition, few) : Field("media", ("text = ?", "text GLOB ?"), type.Value, few),
        QueryNode.Tag tag => Field("tag", ("text = ?", "text GLOB ?"), tag.Text, few),
        QueryNode.Field field => Field(field, few),
        QueryNode.By by => Lines(LineConditions.MadeBy(Rows(places.DevicesOf(by.Who))), few),
        QueryNode.In place => places.Folder(place.Path) is { } folder ? Below(folder, few) : new IdSet(first),
        QueryNode.Is state => State(state.State, few),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "No condition."),
    };

    private IdSet State(QueryState state, IdSet? few)
    {
        switch (state)
        {
            case QueryState.Deleted:
                return isDeleted ? All() : new IdSet(first);
            case QueryState.Conflict:
                return Lines(new LineCondition("docs.conflict = 1"), few);
            case QueryState.Pinned:
                var pinned = new IdSet(first);
                foreach (var pin in places.Pins)
                {
                    using (var own = db.Prepare("SELECT id FROM docs WHERE entry = ?").BindId(pin))
                    {
                        if (own.Step() && own.Long(0) >= first && own.Long(0) < end) pinned.Add(own.Long(0));
                    }
                    pinned = pinned.Or(Below(pin, few));
                }
                return pinned;
            case QueryState.Absent:
                return few is null ? Absent() : Absent(few);
            default:
                var files = Lines(new LineCondition("docs.class < 100"), few);
                return files.Except(few is null ? Absent() : Absent(few));
        }
    }

    /// <summary>Every line of the range.</summary>
    private IdSet All()
    {
        if (all is not null) return all;
        var set = new IdSet(first);
        using (var last = db.Prepare("SELECT max(id) FROM docs WHERE id >= ? AND id < ?").Bind(first).Bind(end))
        {
            if (last.Step() && last.LongOrNull(0) is { } greatest) set.AddRange(first, greatest);
        }
        using var free = db.Prepare("SELECT id FROM free WHERE id >= ? AND id < ?").Bind(first).Bind(end);
        while (free.Step()) set.Remove(free.Long(0));
        return all = set;
    }

    private IdSet Words(QueryNode.Words words)
    {
        var match = MatchText(words);
        var found = new IdSet(first);
        if (words.Place != WordPlace.Content)
        {
            var columns = words.Place == WordPlace.Name ? "{name} : " : "";
            using var names = db.Prepare("SELECT rowid FROM names WHERE names MATCH ? AND rowid >= ? AND rowid < ?").Bind(columns + match).Bind(first).Bind(end);
            while (names.Step()) found.Add(names.Long(0));
        }
        if (words.Place == WordPlace.Name) return found;
        using var texts = db.Prepare("SELECT docs.id FROM texts CROSS JOIN docs ON docs.content = texts.rowid WHERE texts MATCH ? AND +docs.id >= ? AND +docs.id < ?").Bind(match).Bind(first).Bind(end);
        while (texts.Step()) found.Add(texts.Long(0));
        return found;
    }

    private IdSet Lines(LineCondition condition, IdSet? few)
    {
        Statement select;
        if (few is null)
        {
            select = Bind(db.Prepare($"SELECT docs.id FROM docs WHERE {condition.Sql} AND +docs.id >= ? AND +docs.id < ?"), condition.Values).Bind(first).Bind(end);
        }
        else
        {
            select = Bind(db.Prepare($"SELECT docs.id FROM json_each(?) AS few CROSS JOIN docs ON docs.id = few.value WHERE {condition.Sql}").Bind(LineConditions.Json(few.Ids())), condition.Values);
        }
        return Take(select);
    }

    private IdSet Field(QueryNode.Field field, IdSet? few)
    {
        var folded = Folding.Fold(field.Value).Trim();
        double? number = double.TryParse(field.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var read) ? read : null;
        if (field.Value == "*" && field.How is Comparison.Has or Comparison.Equal) return Terms(new LineCondition("terms.key = ?", field.Key), few);
        if (QueryTime.Parse(field.Value) is { } when && ((number is null && field.How is not (Comparison.Has or Comparison.Equal or Comparison.NotEqual)) || IsOfTimes(field.Key)))
        {
            var (from, to, isNot) = LineConditions.Span(field.How, when, now, zone);
            return Terms(new LineCondition(isNot ? "terms.key = ? AND (terms.number < ? OR terms.number >= ?)" : "terms.key = ? AND terms.number >= ? AND terms.number < ?", field.Key, (double)from, (double)to), few);
        }
        var condition = field.How switch
        {
            Comparison.Less => new LineCondition("terms.key = ? AND terms.number < ?", field.Key, number!.Value),
            Comparison.AtMost => new LineCondition("terms.key = ? AND terms.number <= ?", field.Key, number!.Value),
            Comparison.Greater => new LineCondition("terms.key = ? AND terms.number > ?", field.Key, number!.Value),
            Comparison.AtLeast => new LineCondition("terms.key = ? AND terms.number >= ?", field.Key, number!.Value),
            Comparison.NotEqual => new LineCondition("terms.key = ? AND terms.text <> ? AND terms.number IS NOT ?", field.Key, folded, number ?? (object)""),
            _ when folded.AsSpan().ContainsAny('*', '?') => new LineCondition("terms.key = ? AND terms.text GLOB ?", field.Key, Folding.Glob(field.Value.Trim())),
            _ when number is { } value => new LineCondition("terms.key = ? AND (terms.text = ? OR terms.number = ?)", field.Key, folded, value),
            Comparison.Has => new LineCondition("terms.key = ? AND (terms.text = ? OR instr(terms.words, ?) > 0)", field.Key, folded, Folding.Words(folded) is { Length: > 1 } words ? words : "\n"),
            _ => new LineCondition("terms.key = ? AND terms.text = ?", field.Key, folded),
        };
        return Terms(condition, few);
    }

    /// <summary>Whether some number of a field is so great that it can only be a time in nanoseconds.</summary>
    private bool IsOfTimes(string key)
    {
        const double someMonthsAfter1970 = 1e16;
        using var select = db.Prepare("SELECT 1 FROM terms WHERE key = ? AND number > ? LIMIT 1").Bind(key).Bind((double?)someMonthsAfter1970);
        return select.Step();
    }

    /// <summary>A field whose whole value is meant, or a pattern of it.</summary>
    private IdSet Field(string key, (string Equal, string Pattern) conditions, string value, IdSet? few) =>
        value.AsSpan().ContainsAny('*', '?')
            ? Terms(new LineCondition($"terms.key = ? AND terms.{conditions.Pattern}", key, Folding.Glob(value.Trim())), few)
            : Terms(new LineCondition($"terms.key = ? AND terms.{conditions.Equal}", key, Folding.Fold(value).Trim()), few);

    private IdSet Terms(LineCondition condition, IdSet? few)
    {
        var terms = new List<long>();
        using (var select = Bind(db.Prepare($"SELECT id FROM terms WHERE {condition.Sql}"), condition.Values))
        {
            while (select.Step()) terms.Add(select.Long(0));
        }
        if (few is not null && terms.Count > few.Count)
        {
            return Take(Bind(db.Prepare($"SELECT few.value FROM json_each(?) AS few WHERE EXISTS(SELECT 1 FROM fields CROSS JOIN terms ON terms.id = fields.term WHERE fields.doc = few.value AND {condition.Sql})")
                .Bind(LineConditions.Json(few.Ids())), condition.Values));
        }
        var found = new IdSet(first);
        foreach (var term in terms)
        {
            using var docs = db.Prepare("SELECT doc FROM fields WHERE term = ? AND doc >= ? AND doc < ?").Bind(term).Bind(first).Bind(end);
            while (docs.Step()) found.Add(docs.Long(0));
        }
        return found;
    }

    /// <summary>What lies below a folder, found by going down; of few lines by going up from each.</summary>
    private IdSet Below(EntryId folder, IdSet? few)
    {
        if (folder == EntryId.Root) return few ?? All();
        if (few is not null) return Above(folder, few);
        return Take(db.Prepare("""
            WITH RECURSIVE below(entry) AS (SELECT ? UNION SELECT docs.entry FROM below CROSS JOIN docs ON docs.parent = below.entry WHERE docs.class = 100)
            SELECT docs.id FROM below CROSS JOIN docs ON docs.parent = below.entry WHERE +docs.id >= ? AND +docs.id < ?
            """).BindId(folder).Bind(first).Bind(end));
    }

    private IdSet Above(EntryId folder, IdSet few)
    {
        const int deepest = 10_000;
        var isBelow = new Dictionary<EntryId, bool> { [folder] = true, [EntryId.Root] = false, [EntryId.LostAndFound] = false };
        var found = new IdSet(first);
        foreach (var id in few.Ids())
        {
            var way = new List<EntryId>();
            var at = ParentOf("SELECT parent FROM docs WHERE id = ?", select => select.Bind(id)) ?? EntryId.Root;
            bool known;
            while (!isBelow.TryGetValue(at, out known) && way.Count < deepest)
            {
                way.Add(at);
                var here = at;
                at = ParentOf("SELECT parent FROM docs WHERE entry = ?", select => select.BindId(here)) ?? EntryId.Root;
            }
            foreach (var step in way) isBelow[step] = known;
            if (known) found.Add(id);
        }
        return found;
    }

    private EntryId? ParentOf(string sql, Func<Statement, Statement> bind)
    {
        using var select = bind(db.Prepare(sql));
        return select.Step() ? select.Id<EntryId>(0) : null;
    }

    private IdSet Absent()
    {
        var found = new IdSet(first);
        places.ForEachMissing((root, depth, size) =>
        {
            using var select = db.Prepare("SELECT docs.id FROM contents CROSS JOIN docs ON docs.content = contents.id WHERE contents.root = ? AND contents.depth = ? AND contents.size = ? AND +docs.id >= ? AND +docs.id < ?")
                .BindId(root).Bind(depth).Bind((long)size).Bind(first).Bind(end);
            while (select.Step()) found.Add(select.Long(0));
        });
        return found;
    }

    private IdSet Absent(IdSet few)
    {
        var lines = new List<long>();
        var contents = new List<Content>();
        using (var select = db.Prepare("SELECT docs.id, contents.root, contents.depth, contents.size FROM json_each(?) AS few CROSS JOIN docs ON docs.id = few.value CROSS JOIN contents ON contents.id = docs.content")
            .Bind(LineConditions.Json(few.Ids())))
        {
            while (select.Step())
            {
                lines.Add(select.Long(0));
                contents.Add(new Content((ulong)select.Long(3), (uint)select.Long(2), select.Id<ChunkId>(1), 0));
            }
        }
        var missing = places.AreMissing(contents);
        var found = new IdSet(first);
        for (var i = 0; i < lines.Count; i++)
        {
            if (missing[i]) found.Add(lines[i]);
        }
        return found;
    }

    private List<long> Rows(IReadOnlyList<DeviceId> devices)
    {
        var rows = new List<long>();
        foreach (var device in devices)
        {
            using var select = db.Prepare("SELECT id FROM devices WHERE device = ?").BindId(device);
            if (select.Step()) rows.Add(select.Long(0));
        }
        return rows;
    }

    private IdSet Take(Statement select)
    {
        using (select)
        {
            var found = new IdSet(first);
            while (select.Step()) found.Add(select.Long(0));
            return found;
        }
    }

    private static Statement Bind(Statement statement, object[] values)
    {
        foreach (var value in values)
        {
            _ = value switch
            {
                long number => statement.Bind(number),
                double number => statement.Bind((double?)number),
                _ => statement.Bind((string)value),
            };
        }
        return statement;
    }
}
