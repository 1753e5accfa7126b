using System.CommandLine;
using System.Globalization;

namespace PeerDrive.Cli.Arguments;

/// <summary>Bytes a second as people write them: 500kB/s, 2MB/s, 1.5MiB/s, 20Mbit/s; none is no limit.</summary>
internal static class ByteRate
{
    /// <summary>A terabyte a second: more is a slip of the keyboard.</summary>
    private const double Largest = 1e12;

    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("kbit", 125), ("mbit", 125e3), ("gbit", 125e6), ("kib", 1024), ("mib", 1024 * 1024), ("gib", 1024 * 1024 * 1024), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("b", 1),
    ];

    /// <summary>Null when the text is no rate. 0: no limit.</summary>
    public static long? Parse(string text)
    {
        if (text is "none" or "0") return 0;
        var lower = text.ToLowerInvariant();
        if (lower.EndsWith("/s", StringComparison.Ordinal)) lower = lower[..^2];
        foreach (var (unit, bytes) in Units)
        {
            if (!lower.EndsWith(unit, StringComparison.Ordinal)) continue;
            const NumberStyles styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite;
            if (!double.TryParse(lower.AsSpan(0, lower.Length - unit.Length), styles, CultureInfo.InvariantCulture, out var count)) return null;
            return count * bytes is >= 1 and <= Largest and var rate ? (long)rate : null;
        }
        return null;
    }

    public static Option<long?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "2MB/s",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Parse(text) is { } rate) return rate;
            result.AddError($"\"{text}\" is no rate: write 500kB/s, 2MB/s or 20Mbit/s, or none for no limit");
            return null;
        },
    };

    /// <summary>As 2 MB/s; 0: none.</summary>
    public static string Show(long rate)
    {
        if (rate == 0) return "none";
        var (value, unit) = rate switch { >= 1_000_000_000 => (rate / 1e9, "GB/s"), >= 1_000_000 => (rate / 1e6, "MB/s"), >= 1_000 => (rate / 1e3, "kB/s"), _ => (rate, "B/s") };
        return $"{value.ToString("0.##", CultureInfo.InvariantCulture)} {unit}";
    }
}
