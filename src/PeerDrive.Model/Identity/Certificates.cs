using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PeerDrive.Model.Errors;

namespace PeerDrive.Model.Identity;

/// <summary>Making, reading and verifying the X.509 certificates of persons and devices.</summary>
public static class Certificates
{
    private static readonly DateTimeOffset ValidFrom = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // RFC 5280, 4.1.2.5: the date that stands for "does not expire".
    private static readonly DateTimeOffset ValidTo = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>A person's self-signed certificate for <paramref name="key"/>.</summary>
    public static PersonCertificate CreatePerson(ECDsa key, string name)
    {
        var request = new CertificateRequest(NameOf(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var certificate = request.Create(NameOf(name), X509SignatureGenerator.CreateForECDsa(key), ValidFrom, ValidTo, Serial());
        return PersonCertificate.Decode(certificate.RawData);
    }

    /// <summary>A device certificate for <paramref name="deviceKey"/>, signed by a person.</summary>
    public static DeviceCertificate CreateDevice(ECDsa deviceKey, string name, ECDsa personKey, PersonCertificate person)
    {
        var request = new CertificateRequest(NameOf(name), deviceKey, HashAlgorithmName.SHA256);
        using var certificate = request.Create(NameOf(person.Name), X509SignatureGenerator.CreateForECDsa(personKey), ValidFrom, ValidTo, Serial());
        return DeviceCertificate.Decode(certificate.RawData);
    }

    /// <summary>A certificate's SubjectPublicKeyInfo (DER) and common name.</summary>
    /// <exception cref="PeerDriveException">Corrupt: no X.509 certificate.</exception>
    internal static (byte[] KeyInfo, string Name) Read(ReadOnlySpan<byte> der)
    {
        if (der.Length is 0 or > ModelLimits.CertificateBytes)
            throw new PeerDriveException(ErrorKind.Corrupt, $"A certificate has at most {ModelLimits.CertificateBytes} bytes; this one has {der.Length}.");
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            return (certificate.PublicKey.ExportSubjectPublicKeyInfo(), certificate.GetNameInfo(X509NameType.SimpleName, false));
        }
        catch (CryptographicException e)
        {
            throw new PeerDriveException(ErrorKind.Corrupt, "A certificate is not in the form of X.509.", e);
        }
    }

    /// <summary>Whether the signature over the certificate's inner part (RFC 5280, 4.1) verifies with <paramref name="key"/>.</summary>
    internal static bool IsSignedBy(ReadOnlyMemory<byte> der, PublicKey key)
    {
        try
        {
            var certificate = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var signed = certificate.ReadEncodedValue();
            certificate.ReadEncodedValue();
            var points = new AsnReader(certificate.ReadBitString(out _), AsnEncodingRules.DER).ReadSequence();
            Span<byte> signature = stackalloc byte[DeviceKey.SignatureBytes];
            return TryFixed(points.ReadIntegerBytes().Span, signature[..32]) && TryFixed(points.ReadIntegerBytes().Span, signature[32..])
                && key.Verify(signed.Span, signature);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool TryFixed(ReadOnlySpan<byte> number, Span<byte> destination)
    {
        number = number.TrimStart((byte)0);
        if (number.Length > destination.Length) return false;
        destination.Clear();
        number.CopyTo(destination[^number.Length..]);
        return true;
    }

    private static X500DistinguishedName NameOf(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name.Length is > 0 and <= 64 ? name : "unnamed");
        return builder.Build();
    }

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        return serial;
    }
}
