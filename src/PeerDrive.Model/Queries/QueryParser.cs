using System.Globalization;

namespace PeerDrive.Model.Queries;

/// <summary>
/// Reads a query's text. From loose to tight: <c>or</c>; <c>and</c>, which may be left out; <c>not</c> or <c>-</c>; brackets, words and conditions.
/// Work is in proportion to the length; depth and number of conditions are capped.
/// </summary>
internal sealed class QueryParser
{
    private readonly List<QueryToken> tokens;
    private readonly bool isTyping;
    private readonly int textLength;
    private int at, depth, terms;
    private QueryError? error;

    private QueryParser(List<QueryToken> tokens, bool isTyping, int textLength)
    {
        this.tokens = tokens;
        this.isTyping = isTyping;
        this.textLength = textLength;
    }

    private QueryToken Now => tokens[at];

    public static QueryParse Parse(string text, bool isTyping)
    {
        if (text.Length > ModelLimits.QueryLetters)
            return new QueryParse(null, new QueryError(ModelLimits.QueryLetters, 1, $"A query has at most {ModelLimits.QueryLetters} letters; this one has {text.Length}."));
        var lexer = new QueryLexer(text);
        var tokens = lexer.All();
        if (lexer.Error is { } unread) return new QueryParse(null, unread);
        var parser = new QueryParser(tokens, isTyping, text.Length);
        var root = parser.Any();
        if (parser.error is null && parser.Now.Kind == QueryTokenKind.Close) parser.Fail(parser.Now, "This bracket closes none that was opened.");
        return parser.error is { } wrong ? new QueryParse(null, wrong) : new QueryParse(new Query(root!), null);
    }

    private QueryNode? Any()
    {
        var parts = new List<QueryNode>();
        do
        {
            if (All() is not { } part) return null;
            parts.Add(part);
        }
        while (TakeWord("or"));
        return QueryNode.AnyOf(parts);
    }

    private QueryNode? All()
    {
        var parts = new List<QueryNode>();
        do
        {
            if (One() is not { } part) return null;
            parts.Add(part);
        }
        while (TakeWord("and") || !(Now.Kind is QueryTokenKind.End or QueryTokenKind.Close || IsWord("or")));
        return QueryNode.AllOf(parts);
    }

    private QueryNode? One()
    {
        var token = Now;
        if (token.Kind == QueryTokenKind.Minus || IsWord("not"))
        {
            at++;
            if (Now.Kind == QueryTokenKind.End || Now.Kind == QueryTokenKind.Close) return Fail(token, $"After '{(token.Kind == QueryTokenKind.Minus ? "-" : "not")}' stands what matches must not have.");
            if (!Enter(token)) return null;
            var inner = One();
            depth--;
            return inner is null ? null : inner is QueryNode.Not twice ? twice.Part : new QueryNode.Not(inner);
        }
        if (token.Kind == QueryTokenKind.Open)
        {
            at++;
            if (!Enter(token)) return null;
            var inner = Any();
            if (inner is null) return null;
            if (Now.Kind != QueryTokenKind.Close) return Fail(token, "This bracket is not closed.");
            at++;
            depth--;
            return inner;
        }
        if (token.Kind != QueryTokenKind.Term || IsWord("and") || IsWord("or")) return Fail(token, Lacking(token));
        at++;
        if (++terms > ModelLimits.QueryTerms) return Fail(token, $"A query has at most {ModelLimits.QueryTerms} words and conditions.");
        return Leaf(token);
    }

    private string Lacking(QueryToken token)
    {
        if (token.Kind == QueryTokenKind.Term) return $"Around '{token.Value}' stands something on both sides; to look for the word itself, put it in quotes.";
        return at == 0 ? "A query has at least one word or condition; 'type:file' finds all files." : "Here a word or a condition is missing.";
    }

    private bool Enter(QueryToken token)
    {
        if (++depth <= ModelLimits.QueryDepth) return true;
        Fail(token, $"Brackets and 'not' stand in each other at most {ModelLimits.QueryDepth} times.");
        return false;
    }

    private QueryNode? Leaf(QueryToken token)
    {
        var key = token.Key.ToLowerInvariant();
        return key switch
        {
            "" => Words(token, WordPlace.Anywhere),
            "name" => IsEqual(token) ? token.Value.Contains('*', StringComparison.Ordinal) || token.Value.Contains('?', StringComparison.Ordinal) || token.How == Comparison.Equal
                ? new QueryNode.Name(token.Value) : Words(token, WordPlace.Name) : null,
            "text" => IsEqual(token) ? Words(token, WordPlace.Content) : null,
            "tag" or "tags" => IsEqual(token) ? NotEmpty(token, new QueryNode.Tag(token.Value)) : null,
            "type" => IsEqual(token) ? NotEmpty(token, new QueryNode.Type(token.Value.ToLowerInvariant())) : null,
            "in" => IsEqual(token) ? new QueryNode.In(Path(token.Value)) : null,
            "by" => IsEqual(token) ? NotEmpty(token, new QueryNode.By(token.Value)) : null,
            "is" => IsEqual(token) ? State(token) : null,
            "size" => Size(token),
            "modified" => Time(token, QueryClock.Modified),
            "created" => Time(token, QueryClock.Created),
            _ => Field(token, key),
        };
    }

    private QueryNode? Words(QueryToken token, WordPlace place)
    {
        var value = token.Value;
        var isPrefix = false;
        if (!token.IsQuoted)
        {
            if (value.EndsWith('*'))
            {
                value = value[..^1];
                isPrefix = true;
            }
            if (place == WordPlace.Anywhere && value.Contains('*', StringComparison.Ordinal)) return new QueryNode.Name(token.Value);
            // In 'name:' a star stands for letters of the whole name.
            isPrefix |= isTyping && place != WordPlace.Name && token.Position + token.Length == textLength;
        }
        if (value.EnumerateRunes().Any(System.Text.Rune.IsLetterOrDigit)) return new QueryNode.Words(value, place, token.IsQuoted, isPrefix);
        return FailValue(token, "This has no letter and no digit to look for; what names have besides is found by 'name:*…*'.");
    }

    private QueryNode? State(QueryToken token) => token.Value.ToLowerInvariant() switch
    {
        "conflict" => new QueryNode.Is(QueryState.Conflict),
        "here" => new QueryNode.Is(QueryState.Here),
        "absent" => new QueryNode.Is(QueryState.Absent),
        "pinned" => new QueryNode.Is(QueryState.Pinned),
        "deleted" => new QueryNode.Is(QueryState.Deleted),
        _ => FailValue(token, "After 'is:' stands conflict, here, absent, pinned or deleted."),
    };

    private QueryNode? Size(QueryToken token)
    {
        if (SizeText.Parse(token.Value) is { } bytes) return new QueryNode.Size(Exact(token.How), bytes);
        return FailValue(token, "A size is a number with or without K, M, G or T, as in size>10M.");
    }

    private QueryNode? Time(QueryToken token, QueryClock clock)
    {
        if (QueryTime.Parse(token.Value) is { } when) return new QueryNode.Time(clock, Exact(token.How), when);
        return FailValue(token, "A time is a date (2026-01-31, 2026-01, 2026), a moment (2026-01-31T10:42), or today, yesterday, this or last week, month or year, or \"3 days ago\".");
    }

    private static Comparison Exact(Comparison how) => how == Comparison.Has ? Comparison.Equal : how;

    private QueryNode? Field(QueryToken token, string key)
    {
        if (token.How is Comparison.Less or Comparison.AtMost or Comparison.Greater or Comparison.AtLeast
            && !double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && QueryTime.Parse(token.Value) is null)
            return FailValue(token, $"'{key}' can be less or more than a number or a time only.");
        return new QueryNode.Field(key, token.How, token.Value);
    }

    private static string Path(string value) => "/" + string.Join('/', value.Split('/', StringSplitOptions.RemoveEmptyEntries));

    private bool IsEqual(QueryToken token)
    {
        if (token.How is Comparison.Has or Comparison.Equal) return true;
        FailValue(token, $"'{token.Key}' cannot be less or more; write {token.Key}:{(token.Value.Length == 0 ? "…" : token.Value)}, or a '-' before it for all others.");
        return false;
    }

    private QueryNode? NotEmpty(QueryToken token, QueryNode node) => token.Value.Trim().Length > 0 ? node : FailValue(token, $"After '{token.Key}:' a value is missing.");

    private bool IsWord(string word) => Now is { Kind: QueryTokenKind.Term, IsQuoted: false, Key.Length: 0 } && Now.Value.Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool TakeWord(string word)
    {
        if (error is not null || !IsWord(word)) return false;
        at++;
        return true;
    }

    private QueryNode? FailValue(QueryToken token, string message)
    {
        error ??= new QueryError(token.ValuePosition, token.ValueLength, message);
        return null;
    }

    private QueryNode? Fail(QueryToken token, string message)
    {
        error ??= new QueryError(token.Position, token.Length, message);
        return null;
    }
}
