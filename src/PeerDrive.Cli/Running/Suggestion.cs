namespace PeerDrive.Cli.Running;

/// <summary>Which word was probably meant.</summary>
internal static class Suggestion
{
    private const int FewestLetters = 2;

    /// <summary>
    /// A word that begins so, else the nearest; null when none is near: at most a third of its letters wrong, or two of a short one.
    /// </summary>
    public static string? For(string typed, IReadOnlyCollection<string> words)
    {
        if (typed.Length >= FewestLetters && words.FirstOrDefault(word => word.StartsWith(typed, StringComparison.Ordinal)) is { } whole) return whole;
        var nearest = words.Select(word => (Word: word, Distance: Distance(typed, word))).OrderBy(each => each.Distance).FirstOrDefault();
        if (nearest.Word is null) return null;
        var allowed = Math.Max(2, nearest.Word.Length / 3);
        return nearest.Distance <= allowed && nearest.Distance < nearest.Word.Length ? nearest.Word : null;
    }

    /// <summary>Letters to insert, delete, replace or swap with their neighbour to get from one word to the other.</summary>
    public static int Distance(string left, string right)
    {
        if (left.Length > 64 || right.Length > 64) return int.MaxValue;
        var cost = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) cost[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) cost[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = cost[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[left.Length, right.Length];
    }
}
