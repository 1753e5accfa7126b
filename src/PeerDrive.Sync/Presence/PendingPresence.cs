using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Presence;

/// <summary>Records whose devices are not known as members' yet, as the volume's log may be behind what peers say. Bounded; the oldest gives way. Thread-safe.</summary>
internal sealed class PendingPresence
{
    private readonly Lock gate = new();
    private readonly OrderedDictionary<DeviceId, PresenceEntry> waiting = [];

    public void Add(PresenceEntry entry)
    {
        lock (gate)
        {
            if (waiting.TryGetValue(entry.Record.Device, out var known) && known.Record.Time >= entry.Record.Time) return;
            waiting.Remove(entry.Record.Device);
            if (waiting.Count >= SyncLimits.PendingPresence) waiting.RemoveAt(0);
            waiting[entry.Record.Device] = entry;
        }
    }

    /// <summary>Takes out those whose devices are known now.</summary>
    public List<PresenceEntry> Take(Func<DeviceId, bool> isMember)
    {
        lock (gate)
        {
            var known = waiting.Values.Where(entry => isMember(entry.Record.Device)).ToList();
            foreach (var entry in known) waiting.Remove(entry.Record.Device);
            return known;
        }
    }
}
