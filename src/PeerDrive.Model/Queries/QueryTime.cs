using System.Globalization;
using System.Text.RegularExpressions;

namespace PeerDrive.Model.Queries;

/// <summary>
/// A time as a query names it: a date or moment, or one that is counted back from now. It is a span: a day, a month, a minute. Weeks begin on Monday.
/// Nanoseconds since 1970.
/// </summary>
public abstract partial record QueryTime
{
    private const int MaxBack = 100_000;

    private QueryTime()
    {
    }

    /// <summary>A year, month, day or minute by the calendar of the machine that answers.</summary>
    public sealed record Fixed(DateTime Start, QueryTimeUnit Unit) : QueryTime;

    /// <summary>The span of a unit that lies so many before the present one: this week, yesterday, last year.</summary>
    public sealed record Back(int Count, QueryTimeUnit Unit) : QueryTime;

    /// <summary>So long before now: <c>3 days ago</c>. As a span the unit around it; compared as the moment itself.</summary>
    public sealed record Ago(int Count, QueryTimeUnit Unit) : QueryTime;

    /// <summary>Null: no time.</summary>
    public static QueryTime? Parse(string text)
    {
        text = text.Trim().ToLowerInvariant();
        if (text is "today") return new Back(0, QueryTimeUnit.Day);
        if (text is "yesterday") return new Back(1, QueryTimeUnit.Day);
        if (Relative().Match(text) is { Success: true } relative)
            return new Back(relative.Groups["which"].Value == "last" ? 1 : 0, Enum.Parse<QueryTimeUnit>(relative.Groups["unit"].Value, ignoreCase: true));
        if (Before().Match(text) is { Success: true } before)
        {
            return int.TryParse(before.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= MaxBack
                ? new Ago(count, Enum.Parse<QueryTimeUnit>(before.Groups["unit"].Value, ignoreCase: true))
                : null;
        }
        foreach (var (format, unit) in Formats)
        {
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)) return new Fixed(start, unit);
        }
        return null;
    }

    /// <summary>The first nanosecond of the span and the first after it; a moment that a comparison goes by, if another.</summary>
    public (long From, long To, long? Moment) Resolve(DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        switch (this)
        {
            case Fixed at:
                return (Instant(at.Start, zone), Instant(Add(at.Start, at.Unit, 1), zone), null);
            case Back back:
                var start = Add(StartOf(local, back.Unit), back.Unit, -back.Count);
                return (Instant(start, zone), Instant(Add(start, back.Unit, 1), zone), null);
            default:
                var ago = (Ago)this;
                var moment = Add(local, ago.Unit, -ago.Count);
                var around = ago.Unit < QueryTimeUnit.Day ? ago.Unit : QueryTimeUnit.Day;
                var from = StartOf(moment, around);
                return (Instant(from, zone), Instant(Add(from, around, 1), zone), Instant(moment, zone));
        }
    }

    public sealed override string ToString() => this switch
    {
        Fixed at => at.Start.ToString(Formats.First(each => each.Unit == at.Unit).Format, CultureInfo.InvariantCulture).ToUpperInvariant(),
        Back { Unit: QueryTimeUnit.Day, Count: var count } => count == 0 ? "today" : "yesterday",
        Back back => $"{(back.Count == 0 ? "this" : "last")} {back.Unit.ToString().ToLowerInvariant()}",
        Ago ago => string.Create(CultureInfo.InvariantCulture, $"{ago.Count} {ago.Unit.ToString().ToLowerInvariant()}{(ago.Count == 1 ? "" : "s")} ago"),
        _ => "",
    };

    private static readonly (string Format, QueryTimeUnit Unit)[] Formats =
    [
        ("yyyy-MM-dd", QueryTimeUnit.Day), ("yyyy-MM", QueryTimeUnit.Month), ("yyyy", QueryTimeUnit.Year),
        ("yyyy-MM-dd't'HH:mm", QueryTimeUnit.Minute), ("yyyy-MM-dd HH:mm", QueryTimeUnit.Minute), ("yyyy-MM-dd HH", QueryTimeUnit.Hour),
    ];

    private static DateTime StartOf(DateTime time, QueryTimeUnit unit) => unit switch
    {
        QueryTimeUnit.Minute => time.Date.AddMinutes((int)time.TimeOfDay.TotalMinutes),
        QueryTimeUnit.Hour => time.Date.AddHours(time.Hour),
        QueryTimeUnit.Day => time.Date,
        QueryTimeUnit.Week => time.Date.AddDays(-(((int)time.DayOfWeek + 6) % 7)),
        QueryTimeUnit.Month => new DateTime(time.Year, time.Month, 1),
        _ => new DateTime(time.Year, 1, 1),
    };

    private static DateTime Add(DateTime time, QueryTimeUnit unit, int count)
    {
        try
        {
            return unit switch
            {
                QueryTimeUnit.Minute => time.AddMinutes(count),
                QueryTimeUnit.Hour => time.AddHours(count),
                QueryTimeUnit.Day => time.AddDays(count),
                QueryTimeUnit.Week => time.AddDays(7.0 * count),
                QueryTimeUnit.Month => time.AddMonths(count),
                _ => time.AddYears(count),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return count < 0 ? DateTime.MinValue : DateTime.MaxValue;
        }
    }

    /// <summary>What lies outside the time that 64 bits of nanoseconds can tell is the first or last that they can.</summary>
    private static long Instant(DateTime local, TimeZoneInfo zone)
    {
        var plain = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var ticks = plain.Ticks - zone.GetUtcOffset(plain).Ticks - DateTime.UnixEpoch.Ticks;
        return ticks > long.MaxValue / 100 ? long.MaxValue : ticks < long.MinValue / 100 ? long.MinValue : ticks * 100;
    }

    [GeneratedRegex(@"^(?<which>this|last) +(?<unit>week|month|year)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Relative();

    [GeneratedRegex(@"^(?<count>[0-9]{1,6}) +(?<unit>minute|hour|day|week|month|year)s? +ago\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Before();
}
