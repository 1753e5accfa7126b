using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Identity;

/// <summary>
/// A device's certificate, signed by a person: TLS shows it, changesets are judged by it. It does not expire: pins and
/// membership decide, not clocks. Two are equal when their bytes are.
/// </summary>
public sealed class DeviceCertificate : IEquatable<DeviceCertificate>
{
    private DeviceCertificate(ReadOnlyMemory<byte> der)
    {
        Der = der;
        var (info, name) = Certificates.Read(der.Span);
        Key = PublicKey.Import(info);
        Device = Id.Hash<DeviceId>(info);
        Name = name;
    }

    public ReadOnlyMemory<byte> Der { get; }

    public DeviceId Device { get; }

    /// <summary>What the device's owner calls it; a claim, not an identity.</summary>
    public string Name { get; }

    public PublicKey Key { get; }

    /// <exception cref="PeerDriveException">Corrupt: not an X.509 certificate with a P-256 key.</exception>
    public static DeviceCertificate Decode(ReadOnlyMemory<byte> der) => new(der);

    public bool IsSignedBy(PersonCertificate person) => Certificates.IsSignedBy(Der, person.Key);

    public bool Equals(DeviceCertificate? other) => other is not null && Der.Span.SequenceEqual(other.Der.Span);

    public override bool Equals(object? obj) => Equals(obj as DeviceCertificate);

    public override int GetHashCode() => Device.GetHashCode();
}
