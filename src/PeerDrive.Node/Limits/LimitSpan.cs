using System.Globalization;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Limits;

/// <summary>
/// When a limit holds, by the clock on the wall: a span that runs past midnight belongs to the day on which it begins. What the clock skips in spring
/// is skipped, and an hour that comes twice in autumn holds twice.
/// </summary>
internal sealed class LimitSpan
{
    private static readonly string[] Names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private readonly bool[] days;

    private LimitSpan(TimeSpan? from, TimeSpan? to, bool[] days)
    {
        From = from;
        To = to;
        this.days = days;
    }

    public TimeSpan? From { get; }

    public TimeSpan? To { get; }

    /// <summary>Whether it says anything about time at all.</summary>
    public bool IsAlways => From is null && !days.Contains(false);

    /// <summary>As mon-fri or sat,sun; null: every day.</summary>
    public string? Days => days.Contains(false) ? string.Join(',', Runs()) : null;

    /// <exception cref="PeerDriveException">Invalid: the message says what to write.</exception>
    public static LimitSpan Parse(string? from, string? to, string? days)
    {
        if (from is null != to is null) throw Invalid($"A limit by time of day needs both ends: add {(from is null ? "--from" : "--to")} HH:MM, as in --from 08:00 --to 18:00.");
        var begin = from is null ? (TimeSpan?)null : TimeOf(from, "--from");
        var end = to is null ? (TimeSpan?)null : TimeOf(to, "--to");
        if (begin is not null && begin == end) throw Invalid($"A limit from {from} to {to} never holds: leave out --from and --to for the whole day.");
        return new LimitSpan(begin, end, days is null ? [true, true, true, true, true, true, true] : DaysOf(days));
    }

    public bool Contains(DateTime local)
    {
        var day = ((int)local.DayOfWeek + 6) % 7;
        if (From is not { } from || To is not { } to) return days[day];
        var time = local.TimeOfDay;
        if (from < to) return days[day] && time >= from && time < to;
        return time >= from ? days[day] : time < to && days[(day + 6) % 7];
    }

    public static string? Show(TimeSpan? time) => time?.ToString(@"hh\:mm", CultureInfo.InvariantCulture);

    private static TimeSpan TimeOf(string text, string option)
    {
        if (text == "24:00") return TimeSpan.Zero;
        if (TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time.ToTimeSpan();
        throw Invalid($"'{text}' is no time of day: write {option} HH:MM, as in {option} 08:00.");
    }

    private static bool[] DaysOf(string text)
    {
        var days = new bool[7];
        foreach (var part in text.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            var first = Array.IndexOf(Names, ends[0]);
            var last = Array.IndexOf(Names, ends[^1]);
            if (ends.Length > 2 || first < 0 || last < 0)
                throw Invalid($"'{part}' is no day of the week: write --days with {string.Join(", ", Names)}, as in --days mon-fri or --days sat,sun.");
            for (var day = first; ; day = (day + 1) % 7)
            {
                days[day] = true;
                if (day == last) break;
            }
        }
        return days;
    }

    private static PeerDriveException Invalid(string message) => new(ErrorKind.Invalid, message);

    private IEnumerable<string> Runs()
    {
        for (var first = 0; first < 7; first++)
        {
            if (!days[first]) continue;
            var last = first;
            while (last < 6 && days[last + 1]) last++;
            yield return last == first ? Names[first] : $"{Names[first]}-{Names[last]}";
            first = last;
        }
    }
}
