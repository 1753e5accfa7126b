using System.Buffers.Binary;
using System.Security.Cryptography;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identity;

namespace PeerDrive.Transport.Identity;

/// <summary>
/// A person's key and certificate under a passphrase, as PEM text with the label <c>PEERDRIVE PERSON</c>. The bytes, numbers little-endian:
/// <code>
/// 0   u8   version, 1
/// 1   u8   key derivation, 1 = PBKDF2 with HMAC-SHA-256 to 32 bytes
/// 2   u32  iterations
/// 6   16   salt
/// 22  12   nonce
/// 34  n    AES-256-GCM of: u16 length of key, key (PKCS#8), certificate (DER); bytes 0–33 are authenticated with it
///     16   tag
/// </code>
/// </summary>
public static class PersonExport
{
    private const string Label = "PEERDRIVE PERSON";
    private const byte Version = 1, Pbkdf2Sha256 = 1;
    private const int SaltAt = 6, NonceAt = 22, HeaderBytes = 34, TagBytes = 16;

    /// <summary>The text to keep in a file. Takes some tenths of a second, which is what makes guessing costly.</summary>
    /// <exception cref="PeerDriveException">Invalid: the passphrase is empty.</exception>
    public static string Write(PersonIdentity person, ReadOnlySpan<char> passphrase)
    {
        RequirePassphrase(passphrase);
        var key = person.ExportPkcs8();
        var certificate = person.Certificate.Der.Span;
        var plain = new byte[2 + key.Length + certificate.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(plain, (ushort)key.Length);
        key.CopyTo(plain, 2);
        certificate.CopyTo(plain.AsSpan(2 + key.Length));

        var file = new byte[HeaderBytes + plain.Length + TagBytes];
        file[0] = Version;
        file[1] = Pbkdf2Sha256;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), TransportLimits.ExportIterations);
        RandomNumberGenerator.Fill(file.AsSpan(SaltAt..HeaderBytes));
        var secret = Derive(passphrase, file, TransportLimits.ExportIterations);
        using (var cipher = new AesGcm(secret, TagBytes))
            cipher.Encrypt(file.AsSpan(NonceAt..HeaderBytes), plain, file.AsSpan(HeaderBytes, plain.Length), file.AsSpan(^TagBytes..), file.AsSpan(..HeaderBytes));
        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(plain);
        CryptographicOperations.ZeroMemory(key);
        return PemEncoding.WriteString(Label, file) + "\n";
    }

    /// <summary>The person in a text made by <see cref="Write"/>.</summary>
    /// <exception cref="PeerDriveException">
    /// Invalid: no export at all. Unsupported: of a newer version. LimitExceeded: absurdly costly. Forbidden: wrong passphrase or changed file, which
    /// cannot be told apart.
    /// </exception>
    public static PersonIdentity Read(string text, ReadOnlySpan<char> passphrase)
    {
        RequirePassphrase(passphrase);
        var file = Decode(text);
        if (file[0] != Version || file[1] != Pbkdf2Sha256)
            throw new PeerDriveException(ErrorKind.Unsupported, $"The export is of version {file[0]}; this PeerDrive reads version {Version}. Use a newer PeerDrive.");
        var iterations = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(2));
        if (iterations is 0 or > TransportLimits.ImportIterations)
            throw new PeerDriveException(ErrorKind.LimitExceeded, $"The export asks for {iterations} rounds of key derivation, at most {TransportLimits.ImportIterations} are accepted; the file is not genuine.");

        var secret = Derive(passphrase, file, (int)iterations);
        var plain = new byte[file.Length - HeaderBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(secret, TagBytes);
            cipher.Decrypt(file.AsSpan(NonceAt..HeaderBytes), file.AsSpan(HeaderBytes, plain.Length), file.AsSpan(^TagBytes..), plain, file.AsSpan(..HeaderBytes));
            return Unpack(plain);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new PeerDriveException(ErrorKind.Forbidden, "The passphrase is wrong, or the export was changed since it was made.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static byte[] Decode(string text)
    {
        if (text.Length <= TransportLimits.IdentityFileBytes && PemEncoding.TryFind(text, out var fields) && text.AsSpan()[fields.Label] is Label)
        {
            var file = Convert.FromBase64String(text[fields.Base64Data]);
            if (file.Length > HeaderBytes + TagBytes + 2) return file;
        }
        throw new PeerDriveException(ErrorKind.Invalid, $"This is not an exported person; the text begins with -----BEGIN {Label}-----.");
    }

    private static PersonIdentity Unpack(ReadOnlySpan<byte> plain)
    {
        var keyLength = BinaryPrimitives.ReadUInt16LittleEndian(plain);
        if (keyLength > plain.Length - 2) throw Broken(null);
        try
        {
            var certificate = PersonCertificate.Decode(plain[(2 + keyLength)..].ToArray());
            var key = KeyFile.Import(plain.Slice(2, keyLength).ToArray());
            if (KeyFile.Belongs(key, certificate.Key)) return new PersonIdentity(key, certificate);
            key.Dispose();
            throw Broken(null);
        }
        catch (CryptographicException e)
        {
            throw Broken(e);
        }
    }

    private static PeerDriveException Broken(Exception? inner) => new(ErrorKind.Corrupt, "The export was opened, but holds no key that fits its certificate.", inner);

    private static byte[] Derive(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> file, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(passphrase, file[SaltAt..NonceAt], iterations, HashAlgorithmName.SHA256, 32);

    private static void RequirePassphrase(ReadOnlySpan<char> passphrase)
    {
        if (passphrase.IsWhiteSpace()) throw new PeerDriveException(ErrorKind.Invalid, "A passphrase is needed; several unrelated words make a good one.");
    }
}
