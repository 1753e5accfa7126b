using System.Security.Cryptography;
using PeerDrive.Model.Identity;

namespace PeerDrive.Storage.Tests;

/// <summary>A person with a key, who signs devices.</summary>
internal sealed class TestPerson : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestPerson(string name) => Certificate = Certificates.CreatePerson(key, name);

    public PersonCertificate Certificate { get; }

    public DeviceKey NewDevice(string name)
    {
        var device = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new DeviceKey(device, Certificates.CreateDevice(device, name, key, Certificate));
    }

    public void Dispose() => key.Dispose();
}
