using System.Globalization;

namespace PeerDrive.Storage.Search;

/// <summary>
/// The place after a hit in the order of an answer: hits ordered by relevance, then the others by time. Goes on from there whatever came or went meanwhile.
/// </summary>
/// <param name="Edge">The last line by time that is ordered by relevance; those after it follow by time.</param>
/// <param name="Score">Of the last hit; null: it was one of those ordered by time.</param>
/// <param name="Last">The last hit.</param>
internal sealed record SearchCursor(TimedLine Edge, double? Score, TimedLine Last)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Edge.Time:x}.{Edge.Id:x}.{(Score is { } score ? BitConverter.DoubleToInt64Bits(score).ToString("x", CultureInfo.InvariantCulture) : "")}.{Last.Time:x}.{Last.Id:x}");

    /// <summary>Null: no cursor.</summary>
    public static SearchCursor? Parse(string text)
    {
        var parts = text.Split('.');
        if (parts.Length != 5 || Number(parts[0]) is not { } edgeTime || Number(parts[1]) is not { } edgeId || Number(parts[3]) is not { } time || Number(parts[4]) is not { } id) return null;
        double? score = null;
        if (parts[2].Length > 0)
        {
            if (Number(parts[2]) is not { } bits) return null;
            score = BitConverter.Int64BitsToDouble(bits);
        }
        return new SearchCursor(new TimedLine(edgeTime, edgeId), score, new TimedLine(time, id));
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;
}
