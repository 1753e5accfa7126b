using System.Globalization;
using System.Text.RegularExpressions;

namespace PeerDrive.FileSystem.Views;

/// <summary>Moments as names of folders, in the time zone of this machine. Nanoseconds since 1970.</summary>
internal sealed partial class MomentNames(TimeProvider time)
{
    private const long Millisecond = 1_000_000;
    private const int FirstYear = 1970, LastYear = 2200;

    /// <summary>
    /// A date is its beginning, a time the beginning of the minute or second that it names: 2026-11-21, 2026-11-21T10:42, 2026-11-21_10-42-07.5,
    /// 2026-11-21T10:42:07Z, 2026-11-21T10:42+01:00, today, yesterday. Null: no moment.
    /// </summary>
    public long? Parse(string text)
    {
        if (text is "today" or "yesterday")
        {
            var today = time.GetLocalNow().Date;
            return Of(Local(text == "today" ? today : today.AddDays(-1)));
        }
        var match = Pattern().Match(text);
        if (!match.Success) return null;
        const DateTimeStyles plain = DateTimeStyles.None;
        if (!DateTime.TryParseExact(match.Groups["date"].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, plain, out var when)) return null;
        if (when.Year is < FirstYear or > LastYear) return null;
        if (match.Groups["hour"].Success)
        {
            int hour = Number("hour"), minute = Number("minute"), second = Number("second");
            if (hour > 23 || minute > 59 || second > 59) return null;
            when += new TimeSpan(hour, minute, second);
            if (match.Groups["fraction"] is { Success: true } fraction) when = when.AddTicks(long.Parse(fraction.Value.PadRight(7, '0')[..7], CultureInfo.InvariantCulture));
        }
        if (!match.Groups["zone"].Success) return Of(Local(when));
        var offset = new TimeSpan(Number("zoneHour"), Number("zoneMinute"), 0);
        if (offset > TimeSpan.FromHours(14)) return null;
        return Of(new DateTimeOffset(when, match.Groups["zone"].Value.StartsWith('-') ? -offset : offset));

        int Number(string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The name of the first whole millisecond at or after a moment: what was done at that moment is seen under it. Null: too far from today.</summary>
    public string? Precise(long moment)
    {
        if (moment < 0 || moment > long.MaxValue - Millisecond) return null;
        var when = Instant((moment + Millisecond - 1) / Millisecond * Millisecond);
        if (when.Year > LastYear) return null;
        var local = TimeZoneInfo.ConvertTime(when, time.LocalTimeZone);
        // In the hour that comes twice only the universal time says which one is meant.
        return time.LocalTimeZone.IsAmbiguousTime(local) ? Text(when, "yyyy-MM-dd_HH-mm-ss.fff'Z'") : Text(local, "yyyy-MM-dd_HH-mm-ss.fff");
    }

    /// <summary>A moment to the second, for people.</summary>
    public string Short(long moment) => Text(TimeZoneInfo.ConvertTime(Instant(moment), time.LocalTimeZone), "yyyy-MM-dd_HH-mm-ss");

    public static DateTimeOffset Instant(long moment) => DateTimeOffset.UnixEpoch.AddTicks(moment / 100);

    private static string Text(DateTimeOffset when, string format) => when.ToString(format, CultureInfo.InvariantCulture);

    private static long Of(DateTimeOffset when) => (when - DateTimeOffset.UnixEpoch).Ticks * 100;

    private DateTimeOffset Local(DateTime when) => new(DateTime.SpecifyKind(when, DateTimeKind.Unspecified), time.LocalTimeZone.GetUtcOffset(DateTime.SpecifyKind(when, DateTimeKind.Unspecified)));

    [GeneratedRegex(
        @"^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})([Tt_ ](?<hour>[0-9]{2})[:-](?<minute>[0-9]{2})([:-](?<second>[0-9]{2})(\.(?<fraction>[0-9]{1,9}))?)?"
        + @"(?<zone>[Zz]|[+-](?<zoneHour>[0-9]{2}):?(?<zoneMinute>[0-9]{2}))?)?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
