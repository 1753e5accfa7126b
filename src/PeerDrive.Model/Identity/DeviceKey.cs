using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Identity;

/// <summary>A device's private key with its certificate: signs changesets. Thread-safe.</summary>
public sealed class DeviceKey(ECDsa key, DeviceCertificate certificate) : IDisposable
{
    /// <summary>IEEE P1363 over P-256.</summary>
    public const int SignatureBytes = 64;

    public DeviceCertificate Certificate { get; } = certificate;

    public DeviceId Device => Certificate.Device;

    public byte[] Sign(ReadOnlySpan<byte> data) =>
        key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose() => key.Dispose();
}
