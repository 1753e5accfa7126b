using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>Dials peers over TCP and TLS.</summary>
internal sealed class PeerDialer(TlsSettings settings, TimeProvider time, RateLimits limits)
{
    /// <inheritdoc cref="IPeerNetwork.ConnectAsync"/>
    public async Task<IPeerConnection> ConnectAsync(EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TransportLimits.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var proof = new TlsSettings.Proof(expected);
        Socket? socket = null;
        SslStream? tls = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, either.Token).ConfigureAwait(false);
            PeerSocket.Configure(socket);
            var remote = socket.RemoteEndPoint ?? endPoint;
            var network = new CoalescingStream(socket);
            socket = null;
            tls = new SslStream(network);
            await tls.AuthenticateAsClientAsync(settings.Client(proof), either.Token).ConfigureAwait(false);
            if (proof.Certificate is null || tls.NegotiatedApplicationProtocol != TlsSettings.Alpn) throw NoPeer(endPoint, null);
            var connection = new TlsPeerConnection(tls, network, proof.Certificate, remote, dialled: true, time, limits, static () => { });
            tls = null;
            return connection;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PeerDriveException(ErrorKind.Unreachable, $"{endPoint} did not answer in time.", e);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or ObjectDisposedException)
        {
            throw proof.IsOther
                ? new PeerDriveException(ErrorKind.Forbidden, $"The device at {endPoint} is {DeviceIdText.Format(proof.Certificate!.Device)}, not {DeviceIdText.Format(expected)}.", e)
                : NoPeer(endPoint, e);
        }
        catch (SocketException e)
        {
            throw new PeerDriveException(ErrorKind.Unreachable, $"{endPoint} cannot be reached: {e.SocketErrorCode}.", e);
        }
        catch (NotSupportedException e)
        {
            // An address of version 6 on a machine that has only version 4.
            throw new PeerDriveException(ErrorKind.Unreachable, $"{endPoint} cannot be reached: this machine has no addresses of its kind.", e);
        }
        finally
        {
            socket?.Dispose();
            if (tls is not null) await tls.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static PeerDriveException NoPeer(EndPoint endPoint, Exception? inner) =>
        new(ErrorKind.Protocol, $"What answers at {endPoint} does not speak peerdrive/1 over TLS 1.3; check the address and port.", inner);
}
