using System.Globalization;

namespace PeerDrive.Model.Queries;

/// <summary>Sizes in queries: K, M, G and T are powers of 1,024 (also KiB, MiB …), KB, MB, GB and TB powers of 1,000.</summary>
internal static class SizeText
{
    private const string Letters = "KMGT";

    /// <summary>Bytes; null: no size.</summary>
    public static long? Parse(string text)
    {
        var digits = text.TrimEnd(' ');
        digits = digits[..(digits.LastIndexOfAny([.. "0123456789."]) + 1)];
        var unit = text[digits.Length..].Trim().ToUpperInvariant();
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
        decimal factor = 1;
        if (unit is not ("" or "B"))
        {
            var power = Letters.IndexOf(unit[0], StringComparison.Ordinal) + 1;
            if (power == 0 || unit[1..] is not ("" or "B" or "IB")) return null;
            for (; power > 0; power--) factor *= unit[1..] == "B" ? 1000 : 1024;
        }
        return number <= long.MaxValue / factor ? (long)(number * factor) : null;
    }

    /// <summary>In the greatest unit that leaves a whole number.</summary>
    public static string Print(long bytes)
    {
        var power = 0;
        while (power < Letters.Length && bytes > 0 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            power++;
        }
        return bytes.ToString(CultureInfo.InvariantCulture) + (power == 0 ? "" : Letters[power - 1]);
    }
}
