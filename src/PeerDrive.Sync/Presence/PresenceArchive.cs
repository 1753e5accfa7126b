using Google.Protobuf;
using PeerDrive.Model.Errors;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Messages.Wire;

namespace PeerDrive.Sync.Presence;

/// <summary>The presence records of a volume over a restart, so that who starts alone knows whom to dial. A row of the volume's state.db.</summary>
internal static class PresenceArchive
{
    private const string Key = "presence";

    /// <summary>What was kept; nothing when it cannot be read, as peers tell it again.</summary>
    public static IReadOnlyList<PresenceEntry> Load(Volume volume)
    {
        byte[] bytes;
        lock (volume.State.Gate)
        {
            using var select = volume.State.Prepare("SELECT value FROM settings WHERE key = ?").Bind(Key);
            if (!select.Step()) return [];
            bytes = select.Blob(0).ToArray();
        }
        try
        {
            return [.. KeptPresence.Parser.ParseFrom(bytes).Records.Select(kept =>
            {
                var record = PresenceRecord.Decode(kept.Body.ToByteArray(), kept.Signature.ToByteArray());
                return new PresenceEntry(record, DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(kept.Heard, int.MaxValue * 1000UL)), null, record.Device);
            })];
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or PeerDriveException)
        {
            return [];
        }
    }

    public static void Save(Volume volume, IEnumerable<PresenceEntry> entries)
    {
        var kept = new KeptPresence();
        kept.Records.AddRange(entries.OrderBy(entry => entry.Record.Device).Select(entry => new KeptPresence.Types.KeptRecord
        {
            Body = UnsafeByteOperations.UnsafeWrap(entry.Record.Body),
            Signature = UnsafeByteOperations.UnsafeWrap(entry.Record.Signature),
            Heard = (ulong)Math.Max(0, entry.Heard.ToUnixTimeMilliseconds()),
        }));
        lock (volume.State.Gate) volume.State.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(Key).Bind((ReadOnlySpan<byte>)kept.ToByteArray()).Run();
    }
}
