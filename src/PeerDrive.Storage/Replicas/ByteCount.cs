using System.Globalization;

namespace PeerDrive.Storage.Replicas;

/// <summary>Numbers of bytes as settings have them: 100MB, 1.5GiB.</summary>
internal static class ByteCount
{
    private static readonly (string Name, long Bytes)[] Units =
    [
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1),
    ];

    public static bool TryParse(string text, out long bytes)
    {
        var unit = Units.FirstOrDefault(each => text.EndsWith(each.Name, StringComparison.OrdinalIgnoreCase), (Name: "", Bytes: 1));
        bytes = 0;
        if (!decimal.TryParse(text.AsSpan(0, text.Length - unit.Name.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        if (number > long.MaxValue / unit.Bytes) return false;
        bytes = (long)(number * unit.Bytes);
        return true;
    }

    /// <summary>In the greatest unit that it is a multiple of.</summary>
    public static string Show(long bytes)
    {
        var unit = Units.First(each => bytes % each.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit.Bytes}{unit.Name}");
    }
}
