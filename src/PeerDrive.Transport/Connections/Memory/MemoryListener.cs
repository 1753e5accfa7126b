using System.Net;
using System.Threading.Channels;
using PeerDrive.Model.Identity;

namespace PeerDrive.Transport.Connections.Memory;

/// <summary>Accepts the connections that devices of the same <see cref="MemoryPeerNetwork"/> dial.</summary>
internal sealed class MemoryListener(MemoryPeerNetwork network, DeviceCertificate device, IPEndPoint endPoint) : IPeerListener
{
    // Beyond the bound a dialler's connection is closed, as the real listener does.
    private readonly Channel<MemoryPeerConnection> offered = Channel.CreateBounded<MemoryPeerConnection>(TransportLimits.UnauthorizedTotal);

    public DeviceCertificate Device => device;

    public IPEndPoint LocalEndPoint => endPoint;

    public void Offer(MemoryPeerConnection connection)
    {
        if (!offered.Writer.TryWrite(connection)) connection.Stop(new CloseReason(CloseKind.Limit, "too many connections"));
    }

    public async ValueTask<IPeerConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await offered.Reader.WaitToReadAsync(cancellationToken))
        {
            if (!offered.Reader.TryRead(out var connection)) continue;
            if (!connection.Closed.IsCompleted) return connection;
            await connection.DisposeAsync();
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        network.Forget(this);
        offered.Writer.TryComplete();
        while (offered.Reader.TryRead(out var connection)) await connection.DisposeAsync();
    }
}
