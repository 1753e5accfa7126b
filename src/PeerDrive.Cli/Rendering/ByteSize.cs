using System.Globalization;

namespace PeerDrive.Cli.Rendering;

/// <summary>Sizes for people: 512 B, 1.5 KiB, 23 MiB.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Show(long bytes)
    {
        double value = bytes;
        var unit = 0;
        // What would be rounded to 1024 of one unit is 1.0 of the next.
        while (value >= 1023.5 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        var format = unit == 0 || value >= 9.95 ? "0" : "0.0";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
