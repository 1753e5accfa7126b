using System.Net.Sockets;
using PeerDrive.Model.Errors;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Connections;

public sealed class TlsPeerNetworkTests : PeerNetworkContract
{
    [Fact]
    public async Task An_address_of_a_kind_that_the_machine_does_not_have_is_out_of_reach()
    {
        using var person = PersonIdentity.Create("Ann");
        using var device = DeviceIdentity.Create(person, "pc");
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => Attach(device).ConnectAsync(new UnixDomainSocketEndPoint("/nowhere"), device.Device, CancellationToken.None));
        Assert.Equal(ErrorKind.Unreachable, refused.Kind);
    }

    protected override IPeerNetwork Attach(DeviceIdentity device) => new TlsPeerNetwork(device, TimeProvider.System);
}
