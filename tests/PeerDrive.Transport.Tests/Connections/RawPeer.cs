using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace PeerDrive.Transport.Tests.Connections;

/// <summary>A wire fake: a TLS client that says whatever a test wants.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly TcpClient client;

    private RawPeer(TcpClient client, SslStream tls)
    {
        this.client = client;
        Tls = tls;
    }

    public SslStream Tls { get; }

    public static async Task<RawPeer> ConnectAsync(
        IPEndPoint endPoint,
        X509Certificate2? certificate,
        SslProtocols protocols = SslProtocols.Tls13,
        string alpn = "peerdrive/1")
    {
        var client = new TcpClient();
        await client.ConnectAsync(endPoint).OrFail();
        var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "x",
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                EnabledSslProtocols = protocols,
                ApplicationProtocols = [new SslApplicationProtocol(alpn)],
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            }).OrFail();
        }
        catch
        {
            client.Dispose();
            throw;
        }
        return new RawPeer(client, tls);
    }

    /// <summary>Bytes received until the other side closes, in whatever way it does.</summary>
    public async Task<int> CountUntilClosedAsync()
    {
        var total = 0;
        var buffer = new byte[4096];
        try
        {
            while (await Tls.ReadAsync(buffer).OrFail() is > 0 and var read) total += read;
        }
        catch (IOException)
        {
            // A reset or an alert is a close as well.
        }
        return total;
    }

    public async ValueTask DisposeAsync()
    {
        await Tls.DisposeAsync();
        client.Dispose();
    }
}
