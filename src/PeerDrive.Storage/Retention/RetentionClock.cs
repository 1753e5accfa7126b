using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Log;

namespace PeerDrive.Storage.Retention;

/// <summary>
/// This replica's own count of time, by which it is told when something came here. It follows the device's clock, but never runs back, and at one look at most
/// <see cref="LongestGap"/> ahead of what certainly went by: a clock that is set wrong cannot make all of history old. Marks tell how much of the log had come by when. Kept in the state
/// database. Thread-safe; lock order: its own, then the state database's.
/// </summary>
internal sealed class RetentionClock
{
    private const string NowKey = "retention-now", WallKey = "retention-wall";

    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(1);

    private readonly Database state;
    private readonly TimeProvider time;
    private readonly Func<LogPosition> applied;
    private readonly Lock gate = new();
    private readonly List<(LogPosition End, long Time)> marks = [];
    private long? lastLook;
    private long now, wall;
    private bool isKept;

    /// <param name="applied">The end of what has come of the log and is durable.</param>
    public RetentionClock(Database state, TimeProvider time, Func<LogPosition> applied)
    {
        (this.state, this.time, this.applied) = (state, time, applied);
        lock (state.Gate)
        {
            state.Execute("CREATE TABLE IF NOT EXISTS retention_marks(log_file INTEGER, log_offset INTEGER, time INTEGER NOT NULL, PRIMARY KEY(log_file, log_offset)) WITHOUT ROWID");
            if (Number(NowKey) is { } kept && Number(WallKey) is { } lastWall) (now, wall, isKept) = (kept, lastWall, true);
            using var select = state.Prepare("SELECT log_file, log_offset, time FROM retention_marks ORDER BY log_file, log_offset");
            while (select.Step()) marks.Add((new LogPosition(select.Int(0), select.Long(1)), select.Long(2)));
        }
    }

    /// <summary>What a jump of the device's clock, or a time that the device was off, counts at most.</summary>
    public static TimeSpan LongestGap { get; } = TimeSpan.FromDays(7);

    /// <summary>The time by this count, seconds. What has come of the log counts as having come by now, unless an earlier look saw it.</summary>
    public long Look()
    {
        // Before the lock: whoever reads the catalog asks for times.
        var end = applied();
        lock (gate)
        {
            var (before, since) = (now, lastLook);
            var clock = time.GetUtcNow().ToUnixTimeSeconds();
            lastLook = time.GetTimestamp();
            if (!isKept) now = clock;
            else
            {
                var certain = since is { } last ? (long)time.GetElapsedTime(last, lastLook.Value).TotalSeconds : 0;
                now += Math.Clamp(clock - wall, certain, certain + (long)LongestGap.TotalSeconds);
            }
            wall = clock;
            Keep(before, end);
            return now;
        }
    }

    /// <summary>When what lies at a place of the log had come at the latest; the present time when no look has seen it.</summary>
    public long ReceivedAt(LogPosition position)
    {
        lock (gate)
        {
            int low = 0, high = marks.Count;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (marks[middle].End.CompareTo(position) > 0) high = middle;
                else low = middle + 1;
            }
            return low < marks.Count ? marks[low].Time : now;
        }
    }

    /// <summary>Under the gate.</summary>
    private void Keep(long before, LogPosition end)
    {
        lock (state.Gate)
        {
            // The log was cut, or is an older one: what comes at these places now comes now.
            var stale = marks.FindIndex(mark => mark.End.CompareTo(end) > 0);
            var isNew = end.CompareTo(new LogPosition(1, 0)) > 0 && (marks.Count == 0 || marks[^1].End.CompareTo(end) < 0);
            if (stale < 0 && !isNew && isKept && now - before < Pace.TotalSeconds && wall != 0) return;
            using var transaction = state.Begin();
            if (stale >= 0)
            {
                state.Prepare("DELETE FROM retention_marks WHERE (log_file, log_offset) > (?, ?)").Bind(end.File).Bind(end.Offset).Run();
                isNew = stale == 0 || marks[stale - 1].End.CompareTo(end) < 0;
            }
            if (isNew) state.Prepare("INSERT OR REPLACE INTO retention_marks VALUES(?, ?, ?)").Bind(end.File).Bind(end.Offset).Bind(now).Run();
            state.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(NowKey).Bind(now).Run();
            state.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(WallKey).Bind(wall).Run();
            transaction.Commit();
            if (stale >= 0) marks.RemoveRange(stale, marks.Count - stale);
            if (isNew) marks.Add((end, now));
            isKept = true;
        }
    }

    private long? Number(string key)
    {
        using var select = state.Prepare("SELECT value FROM settings WHERE key = ?").Bind(key);
        return select.Step() ? select.Long(0) : null;
    }
}
