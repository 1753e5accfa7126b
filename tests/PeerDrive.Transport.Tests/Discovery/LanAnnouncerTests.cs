using System.Net;
using System.Net.Sockets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Transport.Discovery;

namespace PeerDrive.Transport.Tests.Discovery;

public sealed class LanAnnouncerTests
{
    private static readonly DeviceId Ann = Id.Hash<DeviceId>("ann"u8), Bob = Id.Hash<DeviceId>("bob"u8);

    // A port that is free now: other tests and daemons of this machine announce on others.
    private readonly int port = FreePort();

    [Fact]
    public async Task Two_devices_of_one_machine_find_each_other_at_once()
    {
        await using var ann = Make(Ann, 1111);
        await using var bob = Make(Bob, 2222);
        Assert.True(ann.Start());
        Assert.True(bob.Start());
        Assert.Equal(new DiscoveredPeer(Ann, new IPEndPoint(IPAddress.Loopback, 1111)), await bob.Found.ReadAsync().OrFail());
        Assert.Equal(new DiscoveredPeer(Bob, new IPEndPoint(IPAddress.Loopback, 2222)), await ann.Found.ReadAsync().OrFail());
    }

    [Fact]
    public async Task Garbage_and_floods_are_dropped()
    {
        await using var ann = Make(Ann, 1111);
        Assert.True(ann.Start());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Loopback.GetAddressBytes());
        var group = new IPEndPoint(LanAnnouncer.MulticastGroup, port);
        foreach (var length in new[] { 0, 1, Announcement.Size - 1, Announcement.Size + 1, 9000 }) await socket.SendToAsync(new byte[length], group);
        var datagram = new byte[Announcement.Size];
        for (var i = 0; i < 200; i++)
        {
            new Announcement(Id.Hash<DeviceId>([(byte)i]), 5, 6).WriteTo(datagram);
            await socket.SendToAsync(datagram, group);
        }
        Assert.Equal(Id.Hash<DeviceId>([0]), (await ann.Found.ReadAsync().OrFail()).Device);
        await ann.DisposeAsync().OrFail();
        var found = 1;
        while (ann.Found.TryRead(out _)) found++;
        Assert.InRange(found, 1, TransportLimits.DatagramsPerSource);
    }

    [Fact]
    public async Task Switched_off_it_opens_nothing()
    {
        await using var ann = new LanAnnouncer(Ann, 1111, AnnounceMode.Off, TimeProvider.System, new Random(1), port);
        await using var bob = Make(Bob, 2222);
        Assert.True(ann.Start());
        Assert.True(bob.Start());
        await ann.DisposeAsync().OrFail();
        Assert.False(await ann.Found.WaitToReadAsync().OrFail());
    }

    [Fact]
    public void The_bytes_of_an_announcement_are_frozen()
    {
        var bytes = new byte[Announcement.Size];
        new Announcement(Ann, 0x1234, 0x0102030405060708).WriteTo(bytes);
        Assert.Equal("5044414E" + "01" + "00" + "3412" + Convert.ToHexString(Ann.ToBytes()) + "0807060504030201", Convert.ToHexString(bytes));
        Assert.True(Announcement.TryRead(bytes, out var back));
        Assert.Equal(new Announcement(Ann, 0x1234, 0x0102030405060708), back);
    }

    [Theory]
    [InlineData(null, AnnounceMode.All)]
    [InlineData("all", AnnounceMode.All)]
    [InlineData("lo", AnnounceMode.Loopback)]
    [InlineData("off", AnnounceMode.Off)]
    public void Modes_are_read_from_text(string? text, AnnounceMode mode) => Assert.Equal(mode, AnnounceModes.Parse(text));

    [Fact]
    public void An_unknown_mode_is_refused() =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => AnnounceModes.Parse("maybe")).Kind);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private LanAnnouncer Make(DeviceId device, int tcpPort) =>
        new(device, tcpPort, AnnounceMode.Loopback, TimeProvider.System, new Random(tcpPort), port);
}
