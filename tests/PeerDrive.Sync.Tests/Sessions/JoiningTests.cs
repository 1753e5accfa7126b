using System.Net;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Sync.Tests.Sessions;

/// <summary>A ticket is accepted although connections end under the question, as when both sides dial at once and one of the two goes.</summary>
public sealed class JoiningTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1000, false)]
    public async Task Who_accepts_a_ticket_asks_again_when_the_connection_ends(int ending, bool succeeds)
    {
        await using var ada = new TestNode("Ada");
        await ada.CreateVolumeAsync("v");
        var left = ending;
        await using var bob = new TestNode("Bob", network: identity => new EndingNetwork(new TlsPeerNetwork(identity, TimeProvider.System), () => Interlocked.Decrement(ref left) >= 0));
        if (!succeeds)
        {
            Assert.Equal(ErrorKind.Unreachable, (await Assert.ThrowsAsync<PeerDriveException>(() => bob.JoinAsync(ada.Invite()))).Kind);
            Assert.InRange(ending - left, 2, 10);
            return;
        }
        var joined = await bob.JoinAsync(ada.Invite());
        await bob.UntilAsync(() => joined.Name == "v");
    }

    /// <summary>Ends connections that were dialled here when a ticket is sent, as the other side does with one too many.</summary>
    private sealed class EndingNetwork(IPeerNetwork network, Func<bool> ends) : IPeerNetwork
    {
        public IPeerListener Listen(IPEndPoint endPoint) => network.Listen(endPoint);

        public async Task<IPeerConnection> ConnectAsync(EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken) =>
            new EndingConnection(await network.ConnectAsync(endPoint, expected, cancellationToken), ends);
    }

    private sealed class EndingConnection(IPeerConnection connection, Func<bool> ends) : IPeerConnection
    {
        public DeviceId Remote => connection.Remote;

        public DeviceCertificate RemoteCertificate => connection.RemoteCertificate;

        public EndPoint RemoteEndPoint => connection.RemoteEndPoint;

        public bool IsDialled => connection.IsDialled;

        public bool IsAuthorized => connection.IsAuthorized;

        public Task<CloseReason> Closed => connection.Closed;

        public long BytesSent => connection.BytesSent;

        public long BytesReceived => connection.BytesReceived;

        public PeerRates Rates => connection.Rates;

        public void Authorize() => connection.Authorize();

        public void PromisePings(TimeSpan longest) => connection.PromisePings(longest);

        public void ExpectPings(TimeSpan longest) => connection.ExpectPings(longest);

        public async ValueTask SendAsync(Priority priority, ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            if (Message.Parser.ParseFrom(message.Span).KindCase != Message.KindOneofCase.Join || !ends()) await connection.SendAsync(priority, message, payload, cancellationToken);
            // The ticket is lost with the connection.
            else _ = connection.CloseAsync(new CloseReason(CloseKind.Duplicate, "there is another connection"));
        }

        public ValueTask SendAsync(Priority priority, ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> payload, CancellationToken unwanted, CancellationToken cancellationToken) =>
            connection.SendAsync(priority, message, payload, unwanted, cancellationToken);

        public void DropUnwanted() => connection.DropUnwanted();

        public ValueTask<Frame?> ReceiveAsync(CancellationToken cancellationToken) => connection.ReceiveAsync(cancellationToken);

        public Task CloseAsync(CloseReason reason) => connection.CloseAsync(reason);

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
