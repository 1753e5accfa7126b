using System.Text;

namespace PeerDrive.Model.Queries;

/// <summary>Cuts a query's text into pieces, each with its place.</summary>
internal sealed class QueryLexer(string text)
{
    private int at;

    public QueryError? Error { get; private set; }

    /// <summary>All pieces, the last of which is the end; up to the first error.</summary>
    public List<QueryToken> All()
    {
        var tokens = new List<QueryToken>();
        while (Error is null)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at == text.Length)
            {
                tokens.Add(new QueryToken(QueryTokenKind.End, at, 0));
                return tokens;
            }
            var token = text[at] switch
            {
                '(' => new QueryToken(QueryTokenKind.Open, at++, 1),
                ')' => new QueryToken(QueryTokenKind.Close, at++, 1),
                '-' => new QueryToken(QueryTokenKind.Minus, at++, 1),
                _ => Term(),
            };
            tokens.Add(token);
        }
        return tokens;
    }

    private QueryToken Term()
    {
        var start = at;
        if (text[at] == '"') return new QueryToken(QueryTokenKind.Term, start, 0, Value: Quoted(), IsQuoted: true, ValuePosition: start) { Length = at - start };
        while (at < text.Length && !IsEnd(text[at]) && !IsComparison(at)) at++;
        if (at == text.Length || IsEnd(text[at])) return new QueryToken(QueryTokenKind.Term, start, at - start, Value: text[start..at], ValuePosition: start);
        var key = text[start..at];
        var comparisonAt = at;
        var how = TakeComparison();
        if (key.Length == 0 || !IsKey(key))
        {
            Error = new QueryError(start, Math.Max(1, at - start), key.Length == 0
                ? $"Before '{text[comparisonAt..at]}' stands what is compared, as in size>10M. To look for the sign itself, put it in quotes."
                : $"'{key}' is no name of a field: letters, digits, '_', '.' and '-', a letter first. To look for these letters, put them in quotes.");
            return default;
        }
        var valueAt = at;
        if (at < text.Length && text[at] == '"') return new QueryToken(QueryTokenKind.Term, start, 0, key, how, Quoted(), true, valueAt) { Length = at - start };
        while (at < text.Length && !IsEnd(text[at])) at++;
        if (at == valueAt)
        {
            Error = new QueryError(valueAt, 0, $"After '{text[comparisonAt..valueAt]}' a value is missing; an empty one is written \"\".");
            return default;
        }
        return new QueryToken(QueryTokenKind.Term, start, at - start, key, how, text[valueAt..at], false, valueAt);
    }

    private string Quoted()
    {
        var start = at++;
        var value = new StringBuilder();
        while (at < text.Length && text[at] != '"')
        {
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\') at++;
            value.Append(text[at++]);
        }
        if (at == text.Length) Error ??= new QueryError(start, 1, "This quote is not closed.");
        else at++;
        return value.ToString();
    }

    private static bool IsEnd(char letter) => char.IsWhiteSpace(letter) || letter is '(' or ')' or '"';

    private bool IsComparison(int place) => text[place] is ':' or '=' or '<' or '>' || (text[place] == '!' && place + 1 < text.Length && text[place + 1] == '=');

    private Comparison TakeComparison()
    {
        if (text[at] == ':' && at + 1 < text.Length && IsComparison(at + 1) && text[at + 1] != ':') at++;
        var first = text[at++];
        var hasEqual = at < text.Length && text[at] == '=';
        if (hasEqual && first is '<' or '>' or '!') at++;
        return first switch
        {
            '<' => hasEqual ? Comparison.AtMost : Comparison.Less,
            '>' => hasEqual ? Comparison.AtLeast : Comparison.Greater,
            '!' => Comparison.NotEqual,
            '=' => Comparison.Equal,
            _ => Comparison.Has,
        };
    }

    private static bool IsKey(string key) => char.IsLetter(key[0]) && key.All(letter => char.IsLetterOrDigit(letter) || letter is '_' or '.' or '-');
}
