using System.Globalization;

namespace PeerDrive.Cli.Arguments;

/// <summary>A moment as people write it: 2026-03-01, 2026-03-01T12:30, with or without a zone, or how long ago, as in 2h or 1d.</summary>
internal static class PointInTime
{
    /// <summary>Null when the text is no moment. Without a zone, it is the zone of this machine.</summary>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        if (Duration.Parse(text) is { } ago) return now - ago;
        const DateTimeStyles styles = DateTimeStyles.AssumeLocal | DateTimeStyles.AllowWhiteSpaces;
        return text.Length >= 8 && char.IsAsciiDigit(text[0]) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, styles, out var time)
            ? time
            : null;
    }
}
