using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Transport.Identity;

/// <summary>A person's private key with its certificate: signs device certificates. Thread-safe.</summary>
public sealed class PersonIdentity : IDisposable
{
    private readonly ECDsa key;

    /// <param name="key">Owned from here on.</param>
    internal PersonIdentity(ECDsa key, PersonCertificate certificate)
    {
        this.key = key;
        Certificate = certificate;
    }

    public PersonCertificate Certificate { get; }

    public PersonId Person => Certificate.Person;

    /// <param name="name">1 to 64 characters; what the person is called.</param>
    public static PersonIdentity Create(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new PersonIdentity(key, Certificates.CreatePerson(key, name));
    }

    /// <summary>A certificate for a device of this person.</summary>
    public DeviceCertificate Sign(ECDsa deviceKey, string deviceName) => Certificates.CreateDevice(deviceKey, deviceName, key, Certificate);

    public void Dispose() => key.Dispose();

    internal byte[] ExportPkcs8() => key.ExportPkcs8PrivateKey();

    internal string ToPem() => key.ExportPkcs8PrivateKeyPem() + "\n" + PemEncoding.WriteString("CERTIFICATE", Certificate.Der.Span) + "\n";
}
