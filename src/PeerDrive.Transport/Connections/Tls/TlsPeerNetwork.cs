using System.Net;
using PeerDrive.Model.Identifiers;
using PeerDrive.Transport.Identity;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>The real network: TCP with TLS 1.3, both sides known by their device keys.</summary>
/// <param name="identity">Stays the caller's, and must outlive the network and its connections.</param>
/// <param name="limits">Null: none.</param>
public sealed class TlsPeerNetwork(DeviceIdentity identity, TimeProvider time, RateLimits? limits = null) : IPeerNetwork
{
    private readonly RateLimits limits = limits ?? new RateLimits(time);
    private readonly TlsSettings settings = new(identity);

    public IPeerListener Listen(IPEndPoint endPoint) => new PeerListener(endPoint, settings, time, limits);

    public Task<IPeerConnection> ConnectAsync(EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken) =>
        new PeerDialer(settings, time, limits).ConnectAsync(endPoint, expected, cancellationToken);
}
