using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Model.Tests.Identity;

/// <summary>A person with a key, who signs devices.</summary>
internal sealed class TestPerson(string name) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private PersonCertificate? certificate;

    public PersonCertificate Certificate => certificate ??= Certificates.CreatePerson(key, name);

    public PersonId Id => Certificate.Person;

    public DeviceKey NewDevice(string device)
    {
        var deviceKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new DeviceKey(deviceKey, Sign(deviceKey, device));
    }

    public DeviceCertificate Sign(ECDsa deviceKey, string device) => Certificates.CreateDevice(deviceKey, device, key, Certificate);

    public void Dispose() => key.Dispose();
}
