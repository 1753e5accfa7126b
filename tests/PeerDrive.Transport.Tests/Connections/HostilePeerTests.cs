using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PeerDrive.Model.Errors;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Connections;

public sealed class HostilePeerTests : IAsyncLifetime
{
    private readonly PersonIdentity person = PersonIdentity.Create("Mallory");
    private DeviceIdentity mallory = null!, bob = null!;
    private PeerListener listener = null!;

    public Task InitializeAsync()
    {
        mallory = DeviceIdentity.Create(person, "black box");
        bob = DeviceIdentity.Create(person, "desktop");
        listener = (PeerListener)new TlsPeerNetwork(bob, TimeProvider.System).Listen(new IPEndPoint(IPAddress.Loopback, 0));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await listener.DisposeAsync().OrFail();
        mallory.Dispose();
        bob.Dispose();
        person.Dispose();
    }

    [Fact]
    public async Task Tls_1_2_is_refused()
    {
        var refused = await Record.ExceptionAsync(() => RawPeer.ConnectAsync(listener.LocalEndPoint, mallory.TlsCertificate, SslProtocols.Tls12));
        Assert.True(refused is AuthenticationException or IOException, $"{refused}");
        await Soon.UntilAsync(() => listener.PendingCount == 0);
    }

    [Fact]
    public async Task Another_protocol_name_is_refused()
    {
        await RefusedWithoutAByteAsync(() => RawPeer.ConnectAsync(listener.LocalEndPoint, mallory.TlsCertificate, alpn: "h2"));
    }

    [Fact]
    public async Task No_certificate_is_closed_before_any_application_byte()
    {
        await RefusedWithoutAByteAsync(() => RawPeer.ConnectAsync(listener.LocalEndPoint, null));
    }

    [Fact]
    public async Task A_certificate_of_another_kind_of_key_is_closed_before_any_application_byte()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=foreign", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var foreign = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await RefusedWithoutAByteAsync(() => RawPeer.ConnectAsync(listener.LocalEndPoint, foreign));
    }

    [Fact]
    public async Task Http_on_the_peer_port_is_closed()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(listener.LocalEndPoint).OrFail();
        var stream = client.GetStream();
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        var buffer = new byte[1024];
        var received = 0;
        try
        {
            while (await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10)) is > 0 and var read) received += read;
        }
        catch (IOException)
        {
            // A reset is a close as well.
        }
        // At most a TLS alert of seven bytes.
        Assert.InRange(received, 0, 7);
    }

    [Fact]
    public async Task Dialling_what_speaks_no_tls_says_so()
    {
        using var http = new TcpListener(IPAddress.Loopback, 0);
        http.Start();
        var answering = AnswerAsync();
        var network = new TlsPeerNetwork(mallory, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<PeerDriveException>(() => network.ConnectAsync(http.LocalEndpoint, bob.Device, default).OrFail());
        Assert.Equal(ErrorKind.Protocol, refused.Kind);
        await answering.OrFail();

        async Task AnswerAsync()
        {
            using var client = await http.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        }
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0u, 10u)]
    [InlineData(0x7FFF_FFFFu, 0u)]
    [InlineData(0xFFFF_FFFFu, 0u)]
    [InlineData(1u, 0x7FFF_FFFFu)]
    [InlineData(1u, 0xFFFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu, 2u)]
    [InlineData(1u, TransportLimits.PayloadBytes + 1u)]
    [InlineData(TransportLimits.MessageBytes + 1u, 0u)]
    public async Task Absurd_lengths_close_the_connection(uint message, uint payload)
    {
        await using var raw = await RawPeer.ConnectAsync(listener.LocalEndPoint, mallory.TlsCertificate);
        await using var peer = await AcceptAsync();
        peer.Authorize();
        var header = new byte[FrameHeader.Size];
        BinaryPrimitives.WriteUInt32LittleEndian(header, message);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), payload);
        await raw.Tls.WriteAsync(header).OrFail();
        Assert.Null(await peer.ReceiveAsync(default).OrFail());
        await raw.CountUntilClosedAsync();
        Assert.Equal(CloseKind.Protocol, (await peer.Closed.OrFail()).Kind);
    }

    [Fact]
    public async Task A_stream_cut_at_any_byte_gives_the_whole_frames_before_it_and_nothing_else()
    {
        var stream = SomeFrames(out var ends);
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            await using var raw = await RawPeer.ConnectAsync(listener.LocalEndPoint, mallory.TlsCertificate);
            await using var peer = await AcceptAsync();
            peer.Authorize();
            await raw.Tls.WriteAsync(stream.AsMemory(0, cut)).OrFail();
            await raw.Tls.ShutdownAsync().OrFail();
            var whole = 0;
            while (await peer.ReceiveAsync(default).OrFail() is { } frame)
            {
                frame.Dispose();
                whole++;
            }
            Assert.Equal(ends.Count(end => end <= cut), whole);
            Assert.Equal(CloseKind.Lost, (await peer.Closed.OrFail()).Kind);
        }
    }

    [Fact]
    public async Task Mutated_streams_end_in_order()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var stream = SomeFrames(out _);
            for (var i = random.Next(1, 6); i > 0; i--) stream[random.Next(stream.Length)] = (byte)random.Next(256);
            await using var raw = await RawPeer.ConnectAsync(listener.LocalEndPoint, mallory.TlsCertificate);
            await using var peer = await AcceptAsync();
            if (random.Next(2) == 0) peer.Authorize();
            await raw.Tls.WriteAsync(stream).OrFail();
            await raw.Tls.ShutdownAsync().OrFail();
            while (await peer.ReceiveAsync(default).OrFail() is { } frame) frame.Dispose();
            await raw.DisposeAsync();
            var reason = await peer.Closed.OrFail();
            Assert.NotEqual(CloseKind.Internal, reason.ByPeer ? CloseKind.Done : reason.Kind);
        }
    }

    [Fact]
    public async Task A_thousand_idle_connections_do_not_keep_an_honest_peer_out()
    {
        var idle = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                idle.Add(new TcpClient());
                await ConnectOrBeTurnedAwayAsync(idle[^1]);
            }
            var network = new TlsPeerNetwork(mallory, TimeProvider.System);
            await using var connection = await network.ConnectAsync(listener.LocalEndPoint, bob.Device, default).OrFail();
            await using var peer = await AcceptAsync();
            peer.Authorize();
            Assert.Equal(mallory.Device, peer.Remote);
            await Soon.UntilAsync(() => listener.PendingCount <= TransportLimits.UnauthorizedPerAddress);
        }
        finally
        {
            foreach (var client in idle) client.Dispose();
        }
    }

    [Fact]
    public async Task A_close_reason_cannot_forge_a_line_of_a_log()
    {
        await using var raw = await RawPeer.ConnectAsync(listener.LocalEndPoint, mallory.TlsCertificate);
        await using var peer = await AcceptAsync();
        peer.Authorize();
        using var close = Frame.Create(FrameType.Close, Priority.Streaming, [1, .. "bye\r\nroot logged in \u202E"u8], []);
        await raw.Tls.WriteAsync(close.Wire).OrFail();
        Assert.Equal(new CloseReason(CloseKind.Done, "bye??root logged in ?", ByPeer: true), await peer.Closed.OrFail());
    }

    private static byte[] SomeFrames(out List<int> ends)
    {
        ends = [];
        using var stream = new MemoryStream();
        for (var i = 0; i < 4; i++)
        {
            using var frame = Frame.Create(FrameType.Application, Priority.Bulk, new byte[] { (byte)i, 7 }, new byte[i * 3]);
            stream.Write(frame.Wire.Span);
            ends.Add((int)stream.Length);
        }
        return stream.ToArray();
    }

    private async Task RefusedWithoutAByteAsync(Func<Task<RawPeer>> connect)
    {
        try
        {
            // In TLS 1.3 the client may finish its part before the server has judged it.
            await using var raw = await connect();
            Assert.Equal(0, await raw.CountUntilClosedAsync());
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Refused within the handshake.
        }
        await Soon.UntilAsync(() => listener.PendingCount == 0);
        using var nobody = new CancellationTokenSource();
        var accepting = listener.AcceptAsync(nobody.Token).AsTask();
        Assert.False(accepting.IsCompleted);
        await nobody.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.OrFail());
    }

    private async Task ConnectOrBeTurnedAwayAsync(TcpClient client)
    {
        try
        {
            await client.ConnectAsync(listener.LocalEndPoint).OrFail();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // One too many from this address: closed before this end had noticed that it was open.
        }
    }

    private async Task<IPeerConnection> AcceptAsync() => (await listener.AcceptAsync(default).OrFail())!;
}
