namespace PeerDrive.Storage.Retention;

/// <summary>
/// What a rule lets go of one document: a pure function. More time or more protection never makes less or more of it than that; what stays today and is not counted out later stays
/// for the same reasons. Ages go by when a version came here, never by what its author's clock said
/// (docs/decisions/0015): a false time can only make a version stay that would go.
/// </summary>
public static class RetentionRuling
{
    private const long DaySeconds = 86_400;

    /// <summary>The day of 1970-01-05, a Monday: weeks are counted from it.</summary>
    private const long FirstMonday = 4;

    /// <param name="versions">All of a document, in the order in which they came here.</param>
    /// <param name="now">By the replica's own count, seconds.</param>
    /// <param name="lostSince">When the document had lost its last name at the latest; null: it has one.</param>
    /// <param name="isEphemeral">Its names are of those of which nobody wants old versions.</param>
    /// <returns>For each version whether it goes.</returns>
    public static bool[] Judge(RetentionRule rule, long now, IReadOnlyList<RetainedVersion> versions, long? lostSince, bool isEphemeral)
    {
        var goes = new bool[versions.Count];
        var stays = rule.LimitsTime ? InTime(rule, now, versions) : null;
        var isOver = lostSince is { } lost && rule.Trash is { } trash && Age(now, lost) > Seconds(trash);
        for (var i = 0; i < goes.Length; i++)
        {
            var version = versions[i];
            var until = version.IsHead ? lostSince : version.CurrentUntil;
            // A conflict in the trash goes with the rest of it.
            if (version.IsMergeInput && !isOver) continue;
            // A head of what has a name, and what was current a while ago.
            if (version.IsProtected || until is null || IsHeld(rule, now, until.Value)) continue;
            goes[i] = isOver
                || (!version.IsHead && (isEphemeral || stays?[i] == false || (rule.Versions is { } most && goes.Length - i > most)));
        }
        return goes;
    }

    /// <summary>How many of some contents fit into a size, from the first on; all behind the first that does not fit go.</summary>
    /// <param name="used">Bytes that are taken already.</param>
    /// <param name="added">Bytes that each adds to those before it.</param>
    public static int Fitting(long size, long used, IEnumerable<long> added)
    {
        var count = 0;
        foreach (var bytes in added)
        {
            if (bytes > size - used) break;
            used += bytes;
            count++;
        }
        return count;
    }

    /// <summary>Number of the span that a time is in.</summary>
    public static long SpanOf(RetentionSpan span, long time)
    {
        var day = Math.DivRem(time, DaySeconds, out var rest) - (rest < 0 ? 1 : 0);
        switch (span)
        {
            case RetentionSpan.Day:
                return day;
            case RetentionSpan.Week:
                var week = Math.DivRem(day - FirstMonday, 7, out var left);
                return week - (left < 0 ? 1 : 0);
            default:
                var date = DateTime.UnixEpoch.AddDays(Math.Clamp(day, (DateTime.MinValue - DateTime.UnixEpoch).Days, (DateTime.MaxValue - DateTime.UnixEpoch).Days));
                return span == RetentionSpan.Month ? (date.Year * 12L) + date.Month : date.Year;
        }
    }

    private static bool IsHeld(RetentionRule rule, long now, long until) => rule.Hold > TimeSpan.Zero && Age(now, until) <= Seconds(rule.Hold);

    /// <summary>
    /// Which versions their time keeps: those that came within <see cref="RetentionRule.All"/>, and of the last spans the one that came last in each. Versions share a span only if
    /// they came in one and are said to be made in one: whoever sends what is dated back takes no other's place.
    /// </summary>
    private static bool[] InTime(RetentionRule rule, long now, IReadOnlyList<RetainedVersion> versions)
    {
        var stays = new bool[versions.Count];
        var all = rule.All is { } time ? Seconds(time) : 0;
        for (var i = 0; i < stays.Length; i++) stays[i] = Age(now, versions[i].Received) <= all;
        foreach (var span in Enum.GetValues<RetentionSpan>())
        {
            var count = rule.CountOf(span);
            if (count == 0) continue;
            var current = SpanOf(span, now);
            var seen = new HashSet<(long, long)>();
            for (var i = stays.Length - 1; i >= 0; i--)
            {
                var received = SpanOf(span, versions[i].Received);
                if (current - received < count && seen.Add((received, SpanOf(span, versions[i].Made)))) stays[i] = true;
            }
        }
        return stays;
    }

    private static long Age(long now, long time) => Math.Max(0, now - time);

    private static long Seconds(TimeSpan time) => (long)time.TotalSeconds;
}
