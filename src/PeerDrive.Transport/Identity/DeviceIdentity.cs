using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Transport.Identity;

/// <summary>A device's key and certificate in the two forms it is used in: signing changesets and TLS. Thread-safe.</summary>
public sealed class DeviceIdentity : IDisposable
{
    private readonly ECDsa key;

    /// <param name="key">Owned from here on.</param>
    internal DeviceIdentity(ECDsa key, DeviceCertificate certificate)
    {
        this.key = key;
        Key = new DeviceKey(key, certificate);
        using var bare = X509CertificateLoader.LoadCertificate(certificate.Der.Span);
        TlsCertificate = bare.CopyWithPrivateKey(key);
    }

    public DeviceKey Key { get; }

    public DeviceCertificate Certificate => Key.Certificate;

    public DeviceId Device => Key.Device;

    internal X509Certificate2 TlsCertificate { get; }

    /// <summary>A new device of <paramref name="person"/>.</summary>
    public static DeviceIdentity Create(PersonIdentity person, string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new DeviceIdentity(key, person.Sign(key, name));
    }

    public void Dispose()
    {
        TlsCertificate.Dispose();
        Key.Dispose();
        key.Dispose();
    }

    /// <summary>The same device with a certificate by another person; shares no state with this one.</summary>
    internal DeviceIdentity SignedBy(PersonIdentity person)
    {
        var copy = ECDsa.Create(key.ExportParameters(includePrivateParameters: true));
        return new DeviceIdentity(copy, person.Sign(copy, Certificate.Name));
    }

    internal string ToPem() => key.ExportPkcs8PrivateKeyPem() + "\n" + PemEncoding.WriteString("CERTIFICATE", Certificate.Der.Span) + "\n";
}
