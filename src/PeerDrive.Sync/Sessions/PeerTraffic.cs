using PeerDrive.Transport.Connections;

namespace PeerDrive.Sync.Sessions;

/// <summary>What connections to one device carried.</summary>
/// <param name="Sent">Bytes of frames.</param>
/// <param name="Received">Bytes of frames.</param>
internal readonly record struct PeerTraffic(long Sent, long Received)
{
    public PeerTraffic With(IPeerConnection connection) => new(Sent + connection.BytesSent, Received + connection.BytesReceived);
}
