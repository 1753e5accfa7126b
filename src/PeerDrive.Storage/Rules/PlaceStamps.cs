using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>
/// When entries got the place that they have, or were deleted, as what a rule does counts: what it carried keeps the time at which a person did it, so that the last word of a person
/// wins on all sides, and rules in a ring come to an end. Nanoseconds since 1970.
/// </summary>
internal sealed class PlaceStamps
{
    private readonly Volume volume;
    private readonly Database state;

    public PlaceStamps(Volume volume)
    {
        (this.volume, state) = (volume, volume.State);
        lock (state.Gate) state.Execute("CREATE TABLE IF NOT EXISTS rule_stamps(entry BLOB PRIMARY KEY, seen INTEGER NOT NULL, origin INTEGER NOT NULL) WITHOUT ROWID");
    }

    public long Of(EntryView entry)
    {
        var seen = Seen(entry.Id, entry.IsLive);
        lock (state.Gate)
        {
            using var select = state.Prepare("SELECT origin FROM rule_stamps WHERE entry = ? AND seen = ?").BindId(entry.Id).Bind(seen);
            return select.Step() ? select.Long(0) : seen;
        }
    }

    /// <summary>The present places of entries are of an earlier time than they seem.</summary>
    public void Note(IReadOnlyCollection<(EntryId Entry, bool IsLive, long Origin)> carried)
    {
        if (carried.Count == 0) return;
        // Read before the state is locked: who has the catalog may be waiting for that.
        List<(EntryId Entry, long Seen, long Origin)> rows = [.. carried.Select(each => (each.Entry, Seen(each.Entry, each.IsLive), each.Origin))];
        lock (state.Gate)
        {
            using var transaction = state.Begin();
            foreach (var (entry, seen, origin) in rows) state.Prepare("INSERT OR REPLACE INTO rule_stamps VALUES(?, ?, ?)").BindId(entry).Bind(seen).Bind(origin).Run();
            transaction.Commit();
        }
    }

    private long Seen(EntryId entry, bool isLive) => (isLive ? null : volume.Reader.DeleteTime(entry)) ?? volume.Reader.PlacedTime(entry) ?? 0;
}
