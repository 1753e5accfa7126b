using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Home;

namespace PeerDrive.Node.Web;

/// <summary>
/// The certificate with which the page is served to other devices, with its key, in a file of the data directory that only this user can
/// read. The first is made here and signed by itself; a person may put another in its place.
/// </summary>
/// <param name="Leaf">With its key.</param>
/// <param name="Chain">What others need besides to trust it; empty when it signed itself.</param>
internal sealed record WebCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain)
{
    public const string FileName = "web-certificate.pem";

    private const int MaxFileBytes = 256 << 10;

    /// <summary>Of one that is made here: some systems take none that lasts longer than 398 days.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(397), RenewBefore = TimeSpan.FromDays(30);

    private const string OwnSubject = "CN=PeerDrive on ";

    /// <summary>The first name that leads to this device from elsewhere; null: it has none.</summary>
    public string? Name => Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).FirstOrDefault(name => name != "localhost" && !name.Contains('*', StringComparison.Ordinal));

    /// <summary>Whether it is for a name, so that nobody else can give this device that name.</summary>
    public bool IsFor(string host) => Uri.CheckHostName(host) == UriHostNameType.Dns && Leaf.MatchesHostname(host, allowCommonName: false);

    /// <summary>Reads it; the first time, and again before it ends, it is made, for the names and addresses that the device has then.</summary>
    /// <exception cref="PeerDriveException">Corrupt: the file holds none, or no key.</exception>
    public static WebCertificate Load(string home, DateTimeOffset now) => Failures.Translated(() =>
    {
        var path = Path.Combine(home, FileName);
        if (!File.Exists(path)) PrivateFiles.Replace(path, Encoding.ASCII.GetBytes(Make(now)));
        var certificate = Read(path);
        // What a person put there is theirs.
        if (!certificate.Leaf.Subject.StartsWith(OwnSubject, StringComparison.Ordinal) || certificate.Leaf.NotAfter.ToUniversalTime() > now.UtcDateTime + RenewBefore) return certificate;
        PrivateFiles.Replace(path, Encoding.ASCII.GetBytes(Make(now)));
        return Read(path);
    });

    private static WebCertificate Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes) throw new CryptographicException("It is too large.");
            var text = File.ReadAllText(path);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(text);
            if (chain.Count > 0) chain.RemoveAt(0);
            return new WebCertificate(X509Certificate2.CreateFromPem(text, text), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new PeerDriveException(ErrorKind.Corrupt, $"{path} holds no certificate with its key: {e.Message} Remove it, and a new one is made.", e);
        }
    }

    private static string Make(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(OwnSubject + SafeName(), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in new[] { "localhost", SafeName(), SafeName() + ".local" }.Distinct(StringComparer.OrdinalIgnoreCase)) names.AddDnsName(name);
        foreach (var address in OwnAddresses()) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now + Life);
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    /// <summary>The host's name, as far as it can stand in a certificate.</summary>
    private static string SafeName()
    {
        var name = string.Concat(Environment.MachineName.Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.')).Trim('-', '.');
        return name.Length > 0 ? name.ToLowerInvariant() : "device";
    }

    private static IEnumerable<IPAddress> OwnAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(known => known.Address).Where(address => !address.IsIPv6LinkLocal).Append(IPAddress.Loopback).Distinct();
}
