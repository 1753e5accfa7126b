using System.Buffers.Binary;
using System.Net.Sockets;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>The socket options of a peer connection.</summary>
internal static class PeerSocket
{
    // linux/tcp.h
    private const int IpProtoTcp = 6, TcpNotSentLowat = 25;

    public static void Configure(Socket socket)
    {
        socket.NoDelay = true;
        Span<byte> lowWater = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(lowWater, TransportLimits.NotSentLowWaterBytes);
        socket.SetRawSocketOption(IpProtoTcp, TcpNotSentLowat, lowWater);
    }
}
