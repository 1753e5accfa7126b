using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Connections;

public sealed class TlsPeerNetworkTests : PeerNetworkContract
{
    protected override IPeerNetwork Attach(DeviceIdentity device) => new TlsPeerNetwork(device, TimeProvider.System);
}
