using System.Globalization;
using PeerDrive.Storage.Replicas;

namespace PeerDrive.Storage.Retention;

/// <summary>
/// Which old versions a replica keeps. Written as words: <c>all 30d daily 14 weekly 8 monthly 12 yearly all versions 100 size 10GB trash 90d hold 30d</c>; what is not there does
/// not limit anything. A version stays that every limit lets stay.
/// </summary>
/// <param name="All">Versions that came within this time stay; null with no spans: time lets nothing go.</param>
/// <param name="Versions">So many of a document at most, counted from the newest; null: any number.</param>
/// <param name="Bytes">So much history of the replica at most, as it lies on disk; null: any amount.</param>
/// <param name="Trash">What has no name any more stays this long; null: for ever.</param>
/// <param name="Hold">What was current within this time, by this replica's own count of time, goes for no reason.</param>
public sealed record RetentionRule(TimeSpan? All, int? Versions, long? Bytes, TimeSpan? Trash, TimeSpan Hold)
{
    /// <summary>Of a count of spans: without end.</summary>
    public const int Unlimited = int.MaxValue;

    /// <summary>More is a slip of the keyboard.</summary>
    private const int MostSpans = 100_000;

    private const long LongestDays = 36_525;

    private static readonly string[] SpanWords = ["daily", "weekly", "monthly", "yearly"];

    public static TimeSpan DefaultHold { get; } = TimeSpan.FromDays(30);

    /// <summary>Nothing goes.</summary>
    public static RetentionRule KeepAll { get; } = new(null, null, null, null, DefaultHold);

    /// <summary>Of how many last days one version stays; 0: of none.</summary>
    public int Daily { get; init; }

    public int Weekly { get; init; }

    public int Monthly { get; init; }

    public int Yearly { get; init; }

    public bool IsKeepAll => !LimitsTime && Versions is null && Bytes is null && Trash is null;

    /// <summary>Whether old versions go because of their age.</summary>
    public bool LimitsTime => All is not null || Daily + (long)Weekly + Monthly + Yearly > 0;

    public int CountOf(RetentionSpan span) => span switch
    {
        RetentionSpan.Day => Daily,
        RetentionSpan.Week => Weekly,
        RetentionSpan.Month => Monthly,
        _ => Yearly,
    };

    /// <summary>False: it is no rule.</summary>
    public static bool TryParse(string text, out RetentionRule rule)
    {
        rule = KeepAll;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is ["keep-all"]) return true;
        if (words.Length % 2 != 0) return false;
        var seen = new HashSet<string>();
        for (var i = 0; i < words.Length; i += 2)
        {
            if (!seen.Add(words[i]) || With(rule, words[i], words[i + 1]) is not { } next) return false;
            rule = next;
        }
        return true;
    }

    public override string ToString()
    {
        var words = new List<string>();
        if (All is { } all) words.Add($"all {Time(all)}");
        foreach (var span in Enum.GetValues<RetentionSpan>())
        {
            if (CountOf(span) is > 0 and var count) words.Add($"{SpanWords[(int)span]} {(count == Unlimited ? "all" : count.ToString(CultureInfo.InvariantCulture))}");
        }
        if (Versions is { } versions) words.Add($"versions {versions.ToString(CultureInfo.InvariantCulture)}");
        if (Bytes is { } bytes) words.Add($"size {ByteCount.Show(bytes)}");
        if (Trash is { } trash) words.Add($"trash {Time(trash)}");
        if (words.Count == 0 && Hold == DefaultHold) return "keep-all";
        words.Add($"hold {(Hold == TimeSpan.Zero ? "none" : Time(Hold))}");
        return string.Join(' ', words);
    }

    private static RetentionRule? With(RetentionRule rule, string word, string value) => word switch
    {
        "all" => ParseTime(value) is { } all ? rule with { All = all } : null,
        "daily" => ParseSpans(value) is { } days ? rule with { Daily = days } : null,
        "weekly" => ParseSpans(value) is { } weeks ? rule with { Weekly = weeks } : null,
        "monthly" => ParseSpans(value) is { } months ? rule with { Monthly = months } : null,
        "yearly" => ParseSpans(value) is { } years ? rule with { Yearly = years } : null,
        "versions" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var versions) && versions > 0 ? rule with { Versions = versions } : null,
        "size" => ByteCount.TryParse(value, out var bytes) ? rule with { Bytes = bytes } : null,
        "trash" => ParseTime(value) is { } trash ? rule with { Trash = trash } : null,
        "hold" => value == "none" ? rule with { Hold = TimeSpan.Zero } : ParseTime(value) is { } hold ? rule with { Hold = hold } : null,
        _ => null,
    };

    private static int? ParseSpans(string text) => text == "all" ? Unlimited
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= MostSpans ? count : null;

    /// <summary>A number of seconds, minutes, hours or days: 90s, 30m, 12h, 30d.</summary>
    private static TimeSpan? ParseTime(string text)
    {
        if (text.Length < 2 || Seconds(text[^1]) is not { } unit) return null;
        if (!int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
        return count * unit <= LongestDays * 86_400 ? TimeSpan.FromSeconds(count * unit) : null;
    }

    private static long? Seconds(char unit) => unit switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => null,
    };

    private static string Time(TimeSpan time)
    {
        var seconds = (long)time.TotalSeconds;
        var (unit, name) = seconds % 86_400 == 0 ? (86_400L, 'd') : seconds % 3600 == 0 ? (3600L, 'h') : seconds % 60 == 0 ? (60L, 'm') : (1L, 's');
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / unit}{name}");
    }
}
