using System.Buffers.Binary;
using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Presence;

/// <summary>The presence records of one volume that were verified, the latest of each device. Bounded. Thread-safe.</summary>
internal sealed class PresenceTable(TimeProvider time)
{
    /// <summary>Of one record in a digest: the beginning of the DeviceId, and the time.</summary>
    public const int KnownBytes = ShortId + sizeof(ulong), HashBytes = 16;

    private const int ShortId = 16;

    private readonly Lock gate = new();
    private readonly Dictionary<DeviceId, PresenceEntry> entries = [];

    public IReadOnlyList<PresenceEntry> All
    {
        get
        {
            lock (gate) return [.. entries.Values];
        }
    }

    public int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }

    public PresenceEntry? Of(DeviceId device)
    {
        lock (gate) return entries.GetValueOrDefault(device);
    }

    /// <summary>Keeps a record unless a later one, or this one, is known.</summary>
    /// <returns>The entry that it replaces; null when it was not known before. Whether it was kept.</returns>
    public (PresenceEntry? Former, bool IsNew) Put(PresenceEntry entry)
    {
        lock (gate)
        {
            var former = entries.GetValueOrDefault(entry.Record.Device);
            if (former is not null && former.Record.Time >= entry.Record.Time) return (former, false);
            entries[entry.Record.Device] = entry;
            if (entries.Count > SyncLimits.PresenceRecords) entries.Remove(entries.Values.MinBy(known => known.Heard)!.Record.Device);
            return (former, entries.ContainsKey(entry.Record.Device));
        }
    }

    /// <summary>A sign of life, other than by a new record.</summary>
    public void Saw(DeviceId device) => Change(device, entry => entry with { Heard = time.GetUtcNow(), Alive = time.GetTimestamp(), Via = device });

    /// <summary>What is known says nothing about now any more; the next record does.</summary>
    public void Lost(DeviceId device) => Change(device, entry => entry with { Alive = null });

    /// <summary>Forgets who is no member any more, and who was not heard of for long.</summary>
    public void Prune(Func<DeviceId, bool> isMember)
    {
        var oldest = time.GetUtcNow() - SyncLimits.PresenceExpiry;
        lock (gate)
        {
            foreach (var entry in entries.Values.Where(entry => entry.Heard < oldest || !isMember(entry.Record.Device)).ToList()) entries.Remove(entry.Record.Device);
        }
    }

    /// <summary>Devices and times of all records, sorted, and their hash.</summary>
    public (byte[] Hash, byte[] Known) Digest()
    {
        List<(byte[] Device, long Time)> known;
        lock (gate) known = [.. entries.Values.OrderBy(entry => entry.Record.Device).Select(entry => (entry.Record.Device.ToBytes(), entry.Record.Time))];
        var bytes = new byte[known.Count * KnownBytes];
        for (var i = 0; i < known.Count; i++)
        {
            known[i].Device.AsSpan(0, ShortId).CopyTo(bytes.AsSpan(i * KnownBytes));
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((i * KnownBytes) + ShortId), known[i].Time);
        }
        return (SHA256.HashData(bytes)[..HashBytes], bytes);
    }

    /// <summary>Records that somebody lacks, or has older ones of, who told what is known there.</summary>
    public List<PresenceEntry> MissingAt(ReadOnlySpan<byte> known)
    {
        var theirs = new Dictionary<UInt128, long>();
        for (var at = 0; at + KnownBytes <= known.Length; at += KnownBytes)
            theirs[BinaryPrimitives.ReadUInt128BigEndian(known[at..])] = BinaryPrimitives.ReadInt64LittleEndian(known[(at + ShortId)..]);
        lock (gate)
        {
            return [.. entries.Values.Where(entry =>
                !theirs.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(entry.Record.Device.ToBytes()), out var time) || time < entry.Record.Time).OrderBy(entry => entry.Record.Device)];
        }
    }

    private void Change(DeviceId device, Func<PresenceEntry, PresenceEntry> change)
    {
        lock (gate)
        {
            if (entries.TryGetValue(device, out var entry)) entries[device] = change(entry);
        }
    }
}
