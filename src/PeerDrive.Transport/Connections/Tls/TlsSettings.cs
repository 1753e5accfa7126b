using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>
/// TLS as peers speak it: 1.3 only, both certificates, ALPN <c>peerdrive/1</c>, no resumption (each connection proves both keys). A
/// certificate is judged by its key alone; issuer, names and dates are not looked at here.
/// </summary>
internal sealed class TlsSettings(DeviceIdentity identity)
{
    public static readonly SslApplicationProtocol Alpn = new("peerdrive/1");

    // AES-128 first: it is the fastest where the processor has AES, and no weaker link than P-256.
    private static readonly CipherSuitesPolicy Suites = new(
        [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256]);

    private readonly SslStreamCertificateContext context = SslStreamCertificateContext.Create(identity.TlsCertificate, null, offline: true);

    public SslServerAuthenticationOptions Server(Proof proof) => new()
    {
        ServerCertificateContext = context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [Alpn],
        CipherSuitesPolicy = Suites,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = NoDownloads(),
        RemoteCertificateValidationCallback = proof.Judge,
    };

    public SslClientAuthenticationOptions Client(Proof proof) => new()
    {
        TargetHost = string.Empty,
        ClientCertificateContext = context,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [Alpn],
        CipherSuitesPolicy = Suites,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = NoDownloads(),
        RemoteCertificateValidationCallback = proof.Judge,
    };

    // SslStream builds a chain before it asks us; a stranger's certificate must not make us fetch what it points to.
    private static X509ChainPolicy NoDownloads() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };

    /// <summary>What one handshake showed of the other side.</summary>
    /// <param name="expected">The only device accepted; null accepts any.</param>
    internal sealed class Proof(DeviceId? expected)
    {
        public DeviceCertificate? Certificate { get; private set; }

        /// <summary>Another device than the expected one answered.</summary>
        public bool IsOther => Certificate is not null && expected is not null && Certificate.Device != expected;

        public bool Judge(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
        {
            if (shown is null) return false;
            try
            {
                Certificate = DeviceCertificate.Decode(shown.GetRawCertData());
            }
            catch (PeerDriveException)
            {
                // No form of P-256 certificate: refused like a missing one; the handshake fails and is reported by its caller.
                return false;
            }
            return !IsOther;
        }
    }
}
