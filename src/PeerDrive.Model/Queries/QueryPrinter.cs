using System.Globalization;

namespace PeerDrive.Model.Queries;

/// <summary>Writes a query so that reading it gives an equal one.</summary>
internal static class QueryPrinter
{
    public static string Print(QueryNode node) => node switch
    {
        QueryNode.Or or => string.Join(" or ", or.Parts.Select(part => Inside(part, isTight: false))),
        QueryNode.And and => string.Join(' ', and.Parts.Select(part => Inside(part, isTight: false))),
        QueryNode.Not not => "-" + Inside(not.Part, isTight: true),
        QueryNode.Words words => Prefix(words.Place) + (words.IsPhrase ? Quoted(words.Text) : words.Text) + (words.IsPrefix ? "*" : ""),
        // Without a star or question mark the sign says that the whole name is meant.
        QueryNode.Name name => (name.Pattern.Contains('*', StringComparison.Ordinal) || name.Pattern.Contains('?', StringComparison.Ordinal) ? "name:" : "name=") + Value(name.Pattern),
        QueryNode.Field field => field.Key + Sign(field.How) + Value(field.Value),
        QueryNode.Tag tag => "tag:" + Value(tag.Text),
        QueryNode.Type type => "type:" + Value(type.Value),
        QueryNode.Size size => "size" + Sign(size.How) + SizeText.Print(size.Bytes),
        QueryNode.Time time => time.Clock.ToString().ToLowerInvariant() + Sign(time.How) + Value(time.When.ToString()),
        QueryNode.In place => "in:" + Value(place.Path),
        QueryNode.By by => "by:" + Value(by.Who),
        QueryNode.Is state => "is:" + state.State.ToString().ToLowerInvariant(),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "No part of a query."),
    };

    private static string Inside(QueryNode part, bool isTight) => part is QueryNode.Or || (isTight && part is QueryNode.And) ? $"({Print(part)})" : Print(part);

    private static string Prefix(WordPlace place) => place switch
    {
        WordPlace.Name => "name:",
        WordPlace.Content => "text:",
        _ => "",
    };

    private static string Sign(Comparison how) => how switch
    {
        Comparison.Has => ":",
        Comparison.Equal => "=",
        Comparison.NotEqual => "!=",
        Comparison.Less => "<",
        Comparison.AtMost => "<=",
        Comparison.Greater => ">",
        _ => ">=",
    };

    private static string Value(string text) =>
        text.Length > 0 && text.All(letter => char.IsLetterOrDigit(letter) || char.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark || "*?/._-+,@#%&~".Contains(letter, StringComparison.Ordinal))
            ? text : Quoted(text);

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
