using System.Globalization;
using PeerDrive.Model.Queries;

namespace PeerDrive.Storage.Search;

/// <summary>Conditions of a query as conditions on lines of the index, for those that are columns of it.</summary>
internal static class LineConditions
{
    private const string IsFile = "docs.class < 100";

    public static LineCondition Of(QueryNode.Size size)
    {
        var bytes = size.Bytes;
        return size.How switch
        {
            Comparison.NotEqual => new LineCondition($"docs.size <> ? AND {IsFile}", bytes),
            Comparison.Less => Between(long.MinValue, bytes - 1),
            Comparison.AtMost => Between(long.MinValue, bytes),
            Comparison.Greater => bytes == long.MaxValue ? Between(1, 0) : Between(bytes + 1, long.MaxValue),
            Comparison.AtLeast => Between(bytes, long.MaxValue),
            _ => Between(bytes, bytes),
        };

        static LineCondition Between(long from, long to) => new($"docs.size >= ? AND docs.size <= ? AND {IsFile}", from, to);
    }

    public static LineCondition Of(QueryNode.Time time, DateTimeOffset now, TimeZoneInfo zone)
    {
        var column = time.Clock == QueryClock.Created ? "docs.created" : "docs.mtime";
        var (from, end, isNot) = Span(time.How, time.When, now, zone);
        return new LineCondition(isNot ? $"({column} < ? OR {column} >= ?)" : $"{column} >= ? AND {column} < ?", from, end);
    }

    /// <summary>Times that a comparison means: from the first on, up to the second.</summary>
    public static (long From, long End, bool IsNot) Span(Comparison how, QueryTime when, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (from, to, moment) = when.Resolve(now, zone);
        return how switch
        {
            Comparison.Less => (long.MinValue, moment ?? from, false),
            Comparison.AtMost => (long.MinValue, moment ?? to, false),
            Comparison.Greater => (moment ?? to, long.MaxValue, false),
            Comparison.AtLeast => (moment ?? from, long.MaxValue, false),
            Comparison.NotEqual => (from, to, true),
            _ => (from, to, false),
        };
    }

    /// <summary>Null: it asks for a media type, which is a field.</summary>
    public static LineCondition? Of(QueryNode.Type type)
    {
        if (type.Value == "file") return new LineCondition(IsFile);
        if (MediaClasses.Parse(type.Value) is { } media) return new LineCondition("docs.class = ?", (long)media);
        return type.Value.Contains('/', StringComparison.Ordinal) ? null : new LineCondition($"docs.ext = ? AND {IsFile}", type.Value.TrimStart('.'));
    }

    public static LineCondition Of(QueryNode.Name name)
    {
        var pattern = Folding.Fold(name.Pattern);
        var glob = Folding.Glob(name.Pattern);
        var wild = pattern.AsSpan().IndexOfAny('*', '?');
        if (wild < 0) return new LineCondition("docs.name = ?", pattern);
        if (EndOf(pattern[(pattern.AsSpan().LastIndexOfAny('*', '?') + 1)..]) is { Length: > 0 } end) return new LineCondition("docs.ext = ? AND docs.name GLOB ?", end, glob);
        if (wild == 0) return new LineCondition("docs.name GLOB ?", glob);
        return new LineCondition("docs.name >= ? AND docs.name < ? AND docs.name GLOB ?", pattern[..wild], After(pattern[..wild]), glob);
    }

    /// <param name="devices">Numbers of the index.</param>
    public static LineCondition MadeBy(IEnumerable<long> devices) => new("docs.device IN (SELECT value FROM json_each(?))", Json(devices));

    /// <summary>What follows the last dot of a folded name, when it is short; else empty.</summary>
    public static string EndOf(string folded)
    {
        const int longest = 16;
        var dot = folded.LastIndexOf('.');
        return dot >= 0 && folded.Length - dot - 1 <= longest ? folded[(dot + 1)..] : "";
    }

    public static string Json(IEnumerable<long> ids) => "[" + string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture))) + "]";

    /// <summary>The first text that follows all that begin with a prefix.</summary>
    private static string After(string prefix) => prefix + "\U0010FFFF";
}
