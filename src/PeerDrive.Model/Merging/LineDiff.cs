namespace PeerDrive.Model.Merging;

/// <summary>
/// The shortest script of line insertions and deletions from one text to another, by Myers' O(ND) greedy algorithm (1986).
/// Lines that only one of the texts has are set aside first, which leaves the result shortest.
/// </summary>
internal static class LineDiff
{
    /// <summary>Insertions and deletions among shared lines that are still compared: bounds the trace to 36 MB.</summary>
    private const int MaxDifferences = 3000;

    /// <summary>Lines compared in all: bounds the time to about a second, also for texts made to be slow.</summary>
    private const int MaxSteps = 200_000_000;

    /// <summary>The changed places, in order, never touching each other; null when the texts differ too much.</summary>
    /// <param name="lineCount">All numbers in both texts are below it.</param>
    public static List<LineChange>? Compare(int[] from, int[] to, int lineCount)
    {
        var start = 0;
        while (start < from.Length && start < to.Length && from[start] == to[start]) start++;
        var end = 0;
        while (end < from.Length - start && end < to.Length - start && from[^(end + 1)] == to[^(end + 1)]) end++;

        var matched = new int[from.Length];
        Array.Fill(matched, -1);
        for (var i = 0; i < start; i++) matched[i] = i;
        for (var i = 1; i <= end; i++) matched[from.Length - i] = to.Length - i;
        if (!MatchMiddle(from, to, start, end, lineCount, matched)) return null;
        return Changes(matched, to.Length);
    }

    private static bool MatchMiddle(int[] from, int[] to, int start, int end, int lineCount, int[] matched)
    {
        var a = Shared(from, start, from.Length - end, Occurring(to, start, to.Length - end, lineCount));
        var b = Shared(to, start, to.Length - end, Occurring(from, start, from.Length - end, lineCount));
        if (a.Count == 0 || b.Count == 0) return true;

        var limit = Math.Min(a.Count + b.Count, MaxDifferences);
        var furthest = new int[2 * limit + 3];
        var trace = new List<int[]>();
        var middle = limit + 1;
        var steps = 0;
        for (var d = 0; d <= limit; d++)
        {
            for (var k = -d; k <= d; k += 2)
            {
                var x = k == -d || (k != d && furthest[middle + k - 1] < furthest[middle + k + 1]) ? furthest[middle + k + 1] : furthest[middle + k - 1] + 1;
                while (x < a.Count && x - k < b.Count && x - k >= 0 && from[a[x]] == to[b[x - k]])
                {
                    x++;
                    steps++;
                }
                furthest[middle + k] = x;
                if (x < a.Count || x - k < b.Count) continue;
                WalkBack(a, b, trace, d, k, matched);
                return true;
            }
            if (steps > MaxSteps) return false;
            trace.Add(furthest[(middle - d)..(middle + d + 1)]);
        }
        return false;
    }

    private static void WalkBack(List<int> a, List<int> b, List<int[]> trace, int d, int k, int[] matched)
    {
        int x = a.Count, y = b.Count;
        for (; d > 0; d--)
        {
            // trace[d - 1] holds the furthest x of the diagonals -(d-1) … d-1.
            var before = trace[d - 1];
            int Furthest(int diagonal) => diagonal < -(d - 1) || diagonal > d - 1 ? -1 : before[diagonal + d - 1];
            var down = k == -d || (k != d && Furthest(k - 1) < Furthest(k + 1));
            k = down ? k + 1 : k - 1;
            var previousX = Furthest(k);
            var previousY = previousX - k;
            var (stepX, stepY) = down ? (previousX, previousY + 1) : (previousX + 1, previousY);
            while (x > stepX && y > stepY) matched[a[--x]] = b[--y];
            (x, y) = (previousX, previousY);
        }
        while (x > 0 && y > 0) matched[a[--x]] = b[--y];
    }

    private static bool[] Occurring(int[] lines, int start, int end, int lineCount)
    {
        var occurring = new bool[lineCount];
        for (var i = start; i < end; i++) occurring[lines[i]] = true;
        return occurring;
    }

    private static List<int> Shared(int[] lines, int start, int end, bool[] occurring)
    {
        var shared = new List<int>();
        for (var i = start; i < end; i++) if (occurring[lines[i]]) shared.Add(i);
        return shared;
    }

    private static List<LineChange> Changes(int[] matched, int toLength)
    {
        var changes = new List<LineChange>();
        int from = 0, to = 0;
        for (var i = 0; i <= matched.Length; i++)
        {
            var target = i == matched.Length ? toLength : matched[i];
            if (target < 0) continue;
            if (i > from || target > to) changes.Add(new LineChange(from, i, to, target));
            (from, to) = (i + 1, target + 1);
        }
        return changes;
    }
}
