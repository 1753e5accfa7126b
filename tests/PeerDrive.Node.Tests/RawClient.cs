using System.Net.Sockets;

namespace PeerDrive.Node.Tests;

/// <summary>Plain HTTP to a node's socket, for requests that the typed client cannot make.</summary>
internal static class RawClient
{
    public static HttpClient For(string socketPath) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });
}
