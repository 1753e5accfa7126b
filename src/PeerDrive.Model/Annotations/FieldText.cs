using System.Collections.Immutable;
using System.Globalization;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Annotations;

/// <summary>
/// Values as one text each, as people write them and extended attributes hold them: numbers and times in the invariant form, sets with commas, links
/// in hexadecimal digits, lists and maps as JSON.
/// </summary>
public static class FieldText
{
    public static string Show(AnnotationValue value) => value switch
    {
        AnnotationValue.Text text => text.Value,
        AnnotationValue.Number number => number.Value.ToString("R", CultureInfo.InvariantCulture),
        AnnotationValue.Boolean boolean => boolean.Value ? "true" : "false",
        AnnotationValue.Time time => ShowTime(time.Value),
        AnnotationValue.TextSet set => string.Join(',', set.Texts.Order(StringComparer.Ordinal)),
        AnnotationValue.Link link => Convert.ToHexStringLower(link.Target.Span),
        _ => FieldJson.Show(value),
    };

    /// <summary>The value of a type that a text is; null when it is none.</summary>
    public static AnnotationValue? Parse(FieldType type, string text) => type switch
    {
        FieldType.Text => new AnnotationValue.Text(text),
        FieldType.Number => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? new AnnotationValue.Number(number) : null,
        FieldType.Boolean => text switch
        {
            "true" or "yes" => new AnnotationValue.Boolean(true),
            "false" or "no" => new AnnotationValue.Boolean(false),
            _ => null,
        },
        FieldType.Time => ParseTime(text),
        FieldType.Set => new AnnotationValue.TextSet(SplitSet(text)),
        FieldType.Link => text.Length is 32 or 64 && text.All(char.IsAsciiHexDigit) ? new AnnotationValue.Link(new ByteString(Convert.FromHexString(text))) : null,
        FieldType.List => FieldJson.Parse(text) as AnnotationValue.List,
        _ => FieldJson.Parse(text) as AnnotationValue.Map,
    };

    /// <summary>The texts between commas, without blanks around them; empty ones are none.</summary>
    public static ImmutableSortedSet<string> SplitSet(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>What a text of each type looks like, for a sentence.</summary>
    public static string Example(FieldType type) => type switch
    {
        FieldType.Number => "a number such as 3.5",
        FieldType.Boolean => "true or false",
        FieldType.Time => "a time such as 2026-03-01 or 2026-03-01T12:30Z",
        FieldType.Set => "texts with commas between them",
        FieldType.Link => "the id of a document or a revision",
        FieldType.List => "a list in JSON such as [1,2]",
        FieldType.Map => "a map in JSON such as {\"a\":1}",
        _ => "a text",
    };

    internal static string ShowTime(long nanoseconds)
    {
        var seconds = Math.DivRem(nanoseconds, 1_000_000_000, out var rest);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + 1_000_000_000);
        var fraction = rest == 0 ? "" : "." + rest.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + fraction + "Z";
    }

    /// <summary>Without a zone it is UTC, so that it means the same on every device.</summary>
    private static AnnotationValue.Time? ParseTime(string text)
    {
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (text.Length < 8 || !char.IsAsciiDigit(text[0]) || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, styles, out var time)) return null;
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        return Math.Abs(ticks) <= long.MaxValue / 100 ? new AnnotationValue.Time(ticks * 100) : null;
    }
}
