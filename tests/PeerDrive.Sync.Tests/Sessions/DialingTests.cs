using System.Net;
using System.Net.Sockets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Tls;

namespace PeerDrive.Sync.Tests.Sessions;

/// <summary>Connections that do not come about, or end.</summary>
public sealed class DialingTests
{
    [Theory]
    [InlineData(typeof(SocketException))]
    [InlineData(typeof(NotSupportedException))]
    public async Task A_device_is_dialled_again_whatever_went_wrong(Type failure)
    {
        var failures = new Queue<Exception>();
        await using var a = new TestNode("a", network: identity => new FailingDials(new TlsPeerNetwork(identity, TimeProvider.System), () => new TimeoutException()));
        await using var b = new TestNode("b", network: identity => new FailingDials(new TlsPeerNetwork(identity, TimeProvider.System), () => failures.TryDequeue(out var next) ? next : null));
        await a.CreateVolumeAsync("photos");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
        await b.StopAsync();
        failures.Enqueue((Exception)Activator.CreateInstance(failure)!);
        b.Start();
        b.Engine.AddAddress(a.Identity.Device, a.Address);
        await Soon.UntilAsync("the device to be dialled again", () => b.Engine.Peers().Any(peer => peer.IsConnected));
        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_connection_that_has_ended_shares_nothing_any_more()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("photos");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
        var session = b.Engine.SessionOf(a.Identity.Device)!;
        await a.StopAsync();
        await Soon.UntilAsync("the connection to end", () => b.Engine.SessionOf(a.Identity.Device) is null);
        // Whoever was about to tell it of a change still has it in hand.
        await session.VolumeChangedAsync(b.Volume);
        Assert.Empty(session.Volumes);
    }

    /// <param name="failure">Asked at each dial; null: it is tried.</param>
    private sealed class FailingDials(IPeerNetwork network, Func<Exception?> failure) : IPeerNetwork
    {
        public IPeerListener Listen(IPEndPoint endPoint) => network.Listen(endPoint);

        public Task<IPeerConnection> ConnectAsync(EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken) =>
            failure() is { } wrong ? Task.FromException<IPeerConnection>(wrong) : network.ConnectAsync(endPoint, expected, cancellationToken);
    }
}
