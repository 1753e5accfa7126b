using System.Net;
using PeerDrive.Model.Identifiers;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>The real network: TCP with TLS 1.3, both sides known by their device keys.</summary>
/// <param name="identity">Stays the caller's, and must outlive the network and its connections.</param>
public sealed class TlsPeerNetwork(DeviceIdentity identity, TimeProvider time) : IPeerNetwork
{
    private readonly TlsSettings settings = new(identity);

    public IPeerListener Listen(IPEndPoint endPoint) => new PeerListener(endPoint, settings, time);

    public Task<IPeerConnection> ConnectAsync(EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken) =>
        new PeerDialer(settings, time).ConnectAsync(endPoint, expected, cancellationToken);
}
