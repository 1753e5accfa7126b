using System.Net;
using PeerDrive.Transport.Connections.Tls;

namespace PeerDrive.Transport.Tests.Connections;

public sealed class PendingPeersTests
{
    [Fact]
    public void The_oldest_that_has_not_proved_a_key_gives_way()
    {
        var pending = new PendingPeers(perAddress: 2, total: 10);
        var evicted = new List<string>();
        var first = pending.Admit(IPAddress.Loopback, () => evicted.Add("first"));
        first.HasProvedKey = true;
        pending.Admit(IPAddress.Loopback, () => evicted.Add("second"));
        pending.Admit(IPAddress.Loopback, () => evicted.Add("third"));
        Assert.Equal(["second"], evicted);
        Assert.Equal(2, pending.Count);
    }

    [Fact]
    public void One_address_cannot_push_another_out_below_the_total()
    {
        var pending = new PendingPeers(perAddress: 2, total: 10);
        var evicted = 0;
        pending.Admit(IPAddress.Parse("192.0.2.1"), () => Assert.Fail("pushed out by a stranger"));
        for (var i = 0; i < 100; i++) pending.Admit(IPAddress.Parse("192.0.2.2"), () => evicted++);
        Assert.Equal(98, evicted);
    }

    [Fact]
    public void A_whole_ipv6_network_counts_as_one_address()
    {
        var pending = new PendingPeers(perAddress: 2, total: 10);
        for (var i = 1; i < 50; i++) pending.Admit(IPAddress.Parse($"2001:db8::{i:x}"), () => { });
        Assert.Equal(2, pending.Count);
    }

    [Fact]
    public void The_total_is_bounded_whatever_the_addresses()
    {
        var pending = new PendingPeers(perAddress: 2, total: 10);
        for (var i = 0; i < 200; i++) pending.Admit(new IPAddress(new byte[] { 10, 0, 0, (byte)i }), () => { });
        Assert.Equal(10, pending.Count);
    }

    [Fact]
    public void Who_left_makes_room_and_leaving_twice_counts_once()
    {
        var pending = new PendingPeers(perAddress: 1, total: 1);
        var entry = pending.Admit(IPAddress.Loopback, () => Assert.Fail("had left"));
        entry.Dispose();
        entry.Dispose();
        pending.Admit(IPAddress.Loopback, () => { });
        Assert.Equal(1, pending.Count);
    }
}
