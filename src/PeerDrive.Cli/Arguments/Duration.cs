using System.CommandLine;
using System.Globalization;

namespace PeerDrive.Cli.Arguments;

/// <summary>A span of time as people write it: 90s, 30m, 12h, 1d, 2w, or several of them together as in 1d12h.</summary>
internal static class Duration
{
    /// <summary>A century: longer is a slip of the keyboard.</summary>
    private const long LongestSeconds = 36_525L * 86_400;

    /// <summary>Null when the text is no duration, is zero or is longer than a century.</summary>
    public static TimeSpan? Parse(string text)
    {
        var total = 0L;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i])) continue;
            if (!int.TryParse(text.AsSpan(start, i - start), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
            if (Seconds(text[i]) is not { } unit) return null;
            total += count * unit;
            if (total > LongestSeconds) return null;
            start = i + 1;
        }
        return start == text.Length && total > 0 ? TimeSpan.FromSeconds(total) : null;
    }

    /// <summary>An option that takes a duration.</summary>
    public static Option<TimeSpan> Option(string name, string description, TimeSpan otherwise) => new(name)
    {
        Description = description,
        HelpName = "1d",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Parse(text) is { } duration) return duration;
            result.AddError($"\"{text}\" is no duration: write 30m, 12h, 1d or 2w");
            return default;
        },
    };

    private static long? Seconds(char unit) => unit switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => null,
    };
}
