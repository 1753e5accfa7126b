using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Sync.Presence;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Sync.Tests.Presence;

public sealed class PresenceTableTests : IDisposable
{
    private readonly SteppedTime time = new();
    private readonly PersonIdentity person = PersonIdentity.Create("Ann");
    private readonly List<DeviceIdentity> devices = [];

    public void Dispose()
    {
        devices.ForEach(device => device.Dispose());
        person.Dispose();
    }

    [Fact]
    public void Of_one_device_the_latest_record_counts_in_whatever_order_they_come()
    {
        var table = new PresenceTable(time);
        var device = NewDevice();
        Assert.True(table.Put(Entry(device, 5)).IsNew);
        Assert.False(table.Put(Entry(device, 4)).IsNew);
        Assert.False(table.Put(Entry(device, 5)).IsNew);
        var (former, isNew) = table.Put(Entry(device, 6));
        Assert.True(isNew);
        Assert.Equal(5, former!.Record.Time);
        Assert.Equal(6, table.Of(device.Device)!.Record.Time);
    }

    [Fact]
    public void Two_tables_tell_each_other_what_the_other_lacks_and_agree()
    {
        var (one, other) = (new PresenceTable(time), new PresenceTable(time));
        var all = Enumerable.Range(0, 10).Select(_ => NewDevice()).ToList();
        foreach (var device in all.Take(7)) one.Put(Entry(device, 5));
        foreach (var device in all.Skip(3)) other.Put(Entry(device, 6));
        Assert.NotEqual(one.Digest().Hash, other.Digest().Hash);
        foreach (var entry in one.MissingAt(other.Digest().Known)) other.Put(entry);
        foreach (var entry in other.MissingAt(one.Digest().Known)) one.Put(entry);
        Assert.Equal(one.Digest().Hash, other.Digest().Hash);
        Assert.Equal(10, one.Count);
        Assert.Empty(one.MissingAt(other.Digest().Known));
        Assert.Equal(10, one.MissingAt([]).Count);
    }

    [Fact]
    public void Who_is_no_member_any_more_or_was_not_heard_of_for_long_is_forgotten()
    {
        var table = new PresenceTable(time);
        var (removed, old, present) = (NewDevice(), NewDevice(), NewDevice());
        table.Put(Entry(old, 1));
        time.Advance(SyncLimits.PresenceExpiry + TimeSpan.FromSeconds(1));
        table.Put(Entry(removed, 1));
        table.Put(Entry(present, 1));
        table.Prune(device => device != removed.Device);
        Assert.Equal([present.Device], table.All.Select(entry => entry.Record.Device));
    }

    [Fact]
    public void A_record_is_the_bytes_that_were_signed()
    {
        var device = NewDevice();
        var record = Entry(device, 7, ["10.0.0.1:5", "[fd00::1]:5", "home.example.org:5"]).Record;
        var read = PresenceRecord.Decode(record.Body, record.Signature);
        Assert.True(read.IsSignedBy(device.Certificate));
        Assert.False(read.IsSignedBy(NewDevice().Certificate));
        Assert.Equal(["10.0.0.1:5", "[fd00::1]:5", "home.example.org:5"], read.Addresses.Select(PeerAddress.Format));
        var bytes = record.Body.ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            Assert.False(TryDecode(bytes, record.Signature) is { } changed && changed.IsSignedBy(device.Certificate));
            bytes[at] ^= 1;
        }
    }

    [Fact]
    public void Made_up_bytes_are_refused_and_break_nothing()
    {
        var random = new Random(1);
        var right = Entry(NewDevice(), 7, ["10.0.0.1:5"]).Record;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = i % 2 == 0 ? new byte[random.Next(300)] : right.Body.ToArray();
            if (i % 2 == 0) random.NextBytes(bytes);
            else bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            TryDecode(bytes, right.Signature);
        }
        Assert.Null(TryDecode(new byte[SyncLimits.PresenceBodyBytes + 1], right.Signature));
        Assert.Null(TryDecode(right.Body.ToArray(), new byte[63]));
    }

    [Fact]
    public void Names_that_steer_a_terminal_are_made_harmless()
    {
        using var device = DeviceIdentity.Create(person, "a\u202Eb");
        Assert.DoesNotContain('\u202E', Entry(device, 1).Record.Name);
    }

    private static PresenceRecord? TryDecode(byte[] bytes, ReadOnlyMemory<byte> signature)
    {
        try
        {
            return PresenceRecord.Decode(bytes, signature);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Protocol or ErrorKind.Corrupt)
        {
            return null;
        }
    }

    private DeviceIdentity NewDevice()
    {
        devices.Add(DeviceIdentity.Create(person, $"device {devices.Count}"));
        return devices[^1];
    }

    private PresenceEntry Entry(DeviceIdentity device, long at, string[]? addresses = null) => new(
        PresenceRecord.Create(new PresenceClaim(default, addresses ?? [], "full", IsLeaving: false), VersionVector.Empty, at, device.Key), time.GetUtcNow(), time.GetTimestamp(), device.Device);
}
