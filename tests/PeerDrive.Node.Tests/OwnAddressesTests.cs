using System.Net;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Network;
using PeerDrive.Sync;
using PeerDrive.Sync.Presence;
using PeerDrive.Transport.Discovery;

namespace PeerDrive.Node.Tests;

public sealed class OwnAddressesTests
{
    [Theory]
    [InlineData("home.example.org", "home.example.org:22067")]
    [InlineData("home.example.org:80", "home.example.org:80")]
    [InlineData("10.0.0.1", "10.0.0.1:22067")]
    [InlineData("fd00::1", "[fd00::1]:22067")]
    [InlineData("[fd00::1]:80", "[fd00::1]:80")]
    public void What_a_person_names_gets_the_port_that_it_lacks(string text, string told)
    {
        Assert.Equal(told, OwnAddresses.Require(text, 22067));
    }

    [Theory]
    [InlineData("")]
    [InlineData("home example")]
    [InlineData("10.0.0.1:0")]
    [InlineData("0.0.0.0")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => OwnAddresses.Require(text, 22067)).Kind);
    }

    [Fact]
    public void Members_are_told_what_a_person_named_first_and_no_more_than_a_record_holds()
    {
        var many = Enumerable.Range(1, 20).Select(i => $"host{i}:5").ToList();
        var told = new OwnAddresses(new IPEndPoint(IPAddress.IPv6Any, 22067), AnnounceMode.Off, many).Told();
        Assert.Equal(many.Take(SyncLimits.PresenceAddresses), told);
        Assert.All(new OwnAddresses(new IPEndPoint(IPAddress.IPv6Any, 22067), AnnounceMode.Off, []).Told(), text => Assert.True(PeerAddress.TryParse(text, out _), text));
    }
}
