using System.Globalization;
using PeerDrive.Cli.Running;

namespace PeerDrive.Cli.Arguments;

/// <summary>An old state as people name it: a time, how long ago, or the beginning of a revision's or changeset's id.</summary>
internal static class Moment
{
    private const int MinDigits = 8;

    /// <summary>As the node takes it.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static string Require(string text, DateTimeOffset now)
    {
        if (PointInTime.Parse(text, now) is { } time) return time.ToString("O", CultureInfo.InvariantCulture);
        if (text.Length is >= MinDigits and <= 64 && text.All(char.IsAsciiHexDigit)) return text;
        throw new UsageException($"\"{text}\" is no time and no id: write 2026-03-01T12:00, 2h for two hours ago, or {MinDigits} or more digits of an id from `peerdrive log`.");
    }

    /// <summary>A time.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static DateTimeOffset RequireTime(string text, DateTimeOffset now) =>
        PointInTime.Parse(text, now) ?? throw new UsageException($"\"{text}\" is no time: write 2026-03-01T12:00, or 2h for two hours ago.");
}
