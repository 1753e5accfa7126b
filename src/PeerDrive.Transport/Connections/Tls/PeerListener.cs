using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>Accepts peers over TCP and TLS; any device may prove its key, the layer above decides whom it authorises.</summary>
internal sealed class PeerListener : IPeerListener
{
    private readonly TlsSettings settings;
    private readonly TimeProvider time;
    private readonly RateLimits limits;
    private readonly Socket socket;
    private readonly CancellationTokenSource stopping = new();
    private readonly PendingPeers pending = new(TransportLimits.UnauthorizedPerAddress, TransportLimits.UnauthorizedTotal);
    private readonly Lock gate = new();
    private readonly Dictionary<long, Task> handshakes = [];
    private readonly Task acceptLoop;
    private long nextHandshake;
    private bool disposed;

    // Accepted connections count as pending, so the queue never needs to be longer; when it is full all the same, the newcomer is closed.
    private readonly Channel<TlsPeerConnection> accepted = Channel.CreateBounded<TlsPeerConnection>(TransportLimits.UnauthorizedTotal);

    public PeerListener(IPEndPoint endPoint, TlsSettings settings, TimeProvider time, RateLimits limits)
    {
        this.limits = limits;
        this.settings = settings;
        this.time = time;
        socket = Bind(endPoint);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        acceptLoop = AcceptLoopAsync();
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Connections that are not authorised yet.</summary>
    internal int PendingCount => pending.Count;

    public async ValueTask<IPeerConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!accepted.Reader.TryRead(out var connection)) continue;
            if (!connection.Closed.IsCompleted) return connection;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true)) return;
        await stopping.CancelAsync().ConfigureAwait(false);
        socket.Dispose();
        await acceptLoop.ConfigureAwait(false);
        Task[] running;
        lock (gate) running = [.. handshakes.Values];
        await Task.WhenAll(running).ConfigureAwait(false);
        accepted.Writer.TryComplete();
        while (accepted.Reader.TryRead(out var connection)) await connection.DisposeAsync().ConfigureAwait(false);
        stopping.Dispose();
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endPoint);
            socket.Listen(TransportLimits.ListenBacklog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new PeerDriveException(ErrorKind.Busy, $"{endPoint} is in use by another program; choose another port.", e)
                : new PeerDriveException(ErrorKind.Invalid, $"Cannot listen at {endPoint}: {e.SocketErrorCode}.", e);
        }
    }

    private async Task AcceptLoopAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await socket.AcceptAsync(stopping.Token).ConfigureAwait(false);
                lock (gate) handshakes[++nextHandshake] = HandshakeAsync(client, nextHandshake);
            }
            catch (SocketException)
            {
                // Out of descriptors, or the caller hung up first: neither may end the loop.
                await Task.Delay(TransportLimits.AcceptRetry, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task HandshakeAsync(Socket client, long number)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        using var timeout = new CancellationTokenSource(TransportLimits.HandshakeTimeout, time);
        using var timedOut = timeout.Token.UnsafeRegister(static state => ((Socket)state!).Dispose(), client);
        PendingPeers.Entry? entry = null;
        SslStream? tls = null;
        var owned = true;
        try
        {
            var remote = (IPEndPoint)client.RemoteEndPoint!;
            TlsPeerConnection? connection = null;
            entry = pending.Admit(remote.Address, () =>
            {
                if (Volatile.Read(ref connection) is { } made) made.Stop(new CloseReason(CloseKind.Limit, "too many connections that are not authorised"));
                else client.Dispose();
            });
            // Admitted in the order of arrival, and before the loop accepts another: else an older stranger could push a newer one out.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            PeerSocket.Configure(client);
            var network = new CoalescingStream(client);
            tls = new SslStream(network);
            var proof = new TlsSettings.Proof(null);
            await tls.AuthenticateAsServerAsync(settings.Server(proof), patience.Token).ConfigureAwait(false);
            if (proof.Certificate is null || tls.NegotiatedApplicationProtocol != TlsSettings.Alpn || !timedOut.Unregister()) return;
            entry.HasProvedKey = true;
            Volatile.Write(ref connection, new TlsPeerConnection(tls, network, proof.Certificate, remote, dialled: false, time, limits, entry.Dispose));
            owned = false;
            if (!accepted.Writer.TryWrite(connection)) await connection.CloseAsync(new CloseReason(CloseKind.Limit, "too many connections")).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or ObjectDisposedException or SocketException or OperationCanceledException or InvalidOperationException)
        {
            // A stranger who cannot shake hands gets no answer and leaves no trace but a closed socket.
        }
        finally
        {
            if (owned)
            {
                entry?.Dispose();
                if (tls is not null) await tls.DisposeAsync().ConfigureAwait(false);
                client.Dispose();
            }
            // Never on the accept loop's stack, so that the task is listed before it is removed.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            lock (gate) handshakes.Remove(number);
        }
    }
}
