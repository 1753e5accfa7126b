using System.Net;
using PeerDrive.Sync.Presence;

namespace PeerDrive.Sync.Tests.Presence;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("192.168.1.5:22067", "192.168.1.5:22067")]
    [InlineData("[fd00::5]:80", "[fd00::5]:80")]
    [InlineData("[::ffff:10.0.0.1]:80", "10.0.0.1:80")]
    [InlineData("Home.Example.org:1", "home.example.org:1")]
    [InlineData("nas:65535", "nas:65535")]
    public void Addresses_of_both_versions_and_names_are_read_and_written(string text, string written)
    {
        Assert.True(PeerAddress.TryParse(text, out var address));
        Assert.Equal(written, PeerAddress.Format(address));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("192.168.1.5")]
    [InlineData("192.168.1.5:0")]
    [InlineData("0.0.0.0:80")]
    [InlineData("[::]:80")]
    [InlineData("255.255.255.255:80")]
    [InlineData("239.192.77.68:21068")]
    [InlineData("[ff02::1]:80")]
    [InlineData("fd00::5:80")]
    [InlineData("name:")]
    [InlineData("name:70000")]
    [InlineData("name: 80")]
    [InlineData("na me:80")]
    [InlineData("-name:80")]
    [InlineData("na\nme:80")]
    [InlineData("nämé:80")]
    [InlineData("user@host:80")]
    [InlineData("12345:80")]
    public void What_is_no_address_of_one_host_is_refused(string text)
    {
        Assert.False(PeerAddress.TryParse(text, out _));
    }

    [Fact]
    public void An_endless_name_is_refused()
    {
        Assert.False(PeerAddress.TryParse(new string('a', 100_000) + ":80", out _));
    }

    [Fact]
    public void An_end_point_of_the_system_is_written_as_it_is_read()
    {
        Assert.Equal("10.0.0.1:7", PeerAddress.Format(new IPEndPoint(IPAddress.Parse("::ffff:10.0.0.1"), 7)));
    }
}
