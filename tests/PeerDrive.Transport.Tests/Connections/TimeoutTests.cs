using System.Net;
using System.Net.Sockets;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Connections;

public sealed class TimeoutTests : IAsyncLifetime
{
    private readonly PersonIdentity person = PersonIdentity.Create("Ann");
    private readonly ManualTimeProvider time = new();
    private DeviceIdentity ann = null!, bob = null!;
    private PeerListener listener = null!;

    public Task InitializeAsync()
    {
        ann = DeviceIdentity.Create(person, "laptop");
        bob = DeviceIdentity.Create(person, "desktop");
        listener = (PeerListener)new TlsPeerNetwork(bob, time).Listen(new IPEndPoint(IPAddress.Loopback, 0));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await listener.DisposeAsync().OrFail();
        ann.Dispose();
        bob.Dispose();
        person.Dispose();
    }

    [Fact]
    public async Task Who_never_shakes_hands_is_closed()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint).OrFail();
        await Soon.UntilAsync(() => listener.PendingCount == 1);
        time.Advance(TransportLimits.HandshakeTimeout);
        // A reset and an orderly end are both a close.
        var ended = await Record.ExceptionAsync(async () => Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]).OrFail()));
        Assert.True(ended is null or IOException, $"{ended}");
        await Soon.UntilAsync(() => listener.PendingCount == 0);
    }

    [Fact]
    public async Task Who_never_answers_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var dialling = new TlsPeerNetwork(ann, time).ConnectAsync(silent.LocalEndpoint, bob.Device, default);
        using var client = await silent.AcceptTcpClientAsync().OrFail();
        time.Advance(TransportLimits.HandshakeTimeout);
        var gaveUp = await Assert.ThrowsAsync<Model.Errors.PeerDriveException>(() => dialling.OrFail());
        Assert.Equal(Model.Errors.ErrorKind.Unreachable, gaveUp.Kind);
    }

    [Fact]
    public async Task Who_is_not_authorised_in_time_is_closed()
    {
        await using var raw = await RawPeer.ConnectAsync(listener.LocalEndPoint, ann.TlsCertificate);
        await using var peer = (await listener.AcceptAsync(default).OrFail())!;
        time.Advance(TransportLimits.AuthorizationTimeout);
        await raw.CountUntilClosedAsync();
        await raw.DisposeAsync();
        Assert.Equal(CloseKind.Timeout, (await peer.Closed.OrFail()).Kind);
        Assert.Equal(0, listener.PendingCount);
    }

    [Fact]
    public async Task Idle_peers_keep_each_other_alive()
    {
        var accepting = listener.AcceptAsync(default).OrFail();
        await using var near = await new TlsPeerNetwork(ann, time).ConnectAsync(listener.LocalEndPoint, bob.Device, default).OrFail();
        await using var far = (await accepting)!;
        far.Authorize();
        for (var i = 1; i <= 10; i++)
        {
            time.Advance(TransportLimits.PingAfter);
            await Soon.UntilAsync(() => near.BytesReceived >= i * FrameHeader.Size && far.BytesReceived >= i * FrameHeader.Size);
        }
        Assert.False(near.Closed.IsCompleted);
        Assert.False(far.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_silent_peer_is_closed_after_a_minute()
    {
        await using var raw = await RawPeer.ConnectAsync(listener.LocalEndPoint, ann.TlsCertificate);
        await using var peer = (await listener.AcceptAsync(default).OrFail())!;
        peer.Authorize();
        // The receive loop has passed its gate once a frame arrived.
        using var frame = Frame.Create(FrameType.Application, Priority.Control, [1], []);
        await raw.Tls.WriteAsync(frame.Wire).OrFail();
        (await peer.ReceiveAsync(default).OrFail())!.Dispose();
        time.Advance(TransportLimits.SilenceTimeout + TransportLimits.TickInterval);
        await raw.CountUntilClosedAsync();
        await raw.DisposeAsync();
        Assert.Equal(CloseKind.Timeout, (await peer.Closed.OrFail()).Kind);
    }

    [Fact]
    public async Task Peers_that_promised_it_are_never_silent_for_longer()
    {
        var accepting = listener.AcceptAsync(default).OrFail();
        await using var near = await new TlsPeerNetwork(ann, time).ConnectAsync(listener.LocalEndPoint, bob.Device, default).OrFail();
        await using var far = (await accepting)!;
        far.Authorize();
        near.PromisePings(TransportLimits.PromisedPing);
        far.ExpectPings(TransportLimits.PromisedPing);
        for (var i = 1; i <= 20; i++)
        {
            time.Advance(TransportLimits.PromisedPing);
            await Soon.UntilAsync(() => far.BytesReceived >= i * FrameHeader.Size);
        }
        Assert.False(far.Closed.IsCompleted);
    }

    [Theory]
    [InlineData(3_000, 8.5)]
    [InlineData(1, 6)]
    [InlineData(uint.MaxValue, 61)]
    public async Task Who_breaks_a_promise_is_gone_within_a_time_that_has_bounds(uint promised, double seconds)
    {
        await using var raw = await RawPeer.ConnectAsync(listener.LocalEndPoint, ann.TlsCertificate);
        await using var peer = (await listener.AcceptAsync(default).OrFail())!;
        peer.Authorize();
        using var frame = Frame.Create(FrameType.Application, Priority.Control, [1], []);
        await raw.Tls.WriteAsync(frame.Wire).OrFail();
        (await peer.ReceiveAsync(default).OrFail())!.Dispose();
        peer.ExpectPings(TimeSpan.FromMilliseconds(promised));
        time.Advance(TimeSpan.FromSeconds(Math.Min(4, seconds)));
        Assert.False(peer.Closed.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(seconds - 4));
        await raw.CountUntilClosedAsync();
        await raw.DisposeAsync();
        Assert.Equal(CloseKind.Timeout, (await peer.Closed.OrFail()).Kind);
    }
}
