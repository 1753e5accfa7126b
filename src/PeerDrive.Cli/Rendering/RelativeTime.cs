using System.Globalization;

namespace PeerDrive.Cli.Rendering;

/// <summary>Times for people: how long ago while that is telling, the date from a month on.</summary>
internal static class RelativeTime
{
    public static string Show(DateTimeOffset time, DateTimeOffset now)
    {
        var ago = now - time;
        if (ago < TimeSpan.FromMinutes(-1) || ago >= TimeSpan.FromDays(30))
            return time.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return ago < TimeSpan.FromSeconds(5) ? "just now" : Span(ago) + " ago";
    }

    /// <summary>A span in its greatest unit: 42 s, 5 min, 3 h, 2 days.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 24 } => $"{(int)span.TotalHours} h",
        { TotalDays: < 2 } => "1 day",
        _ => $"{(int)span.TotalDays} days",
    };
}
