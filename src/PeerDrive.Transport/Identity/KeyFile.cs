using System.Security.Cryptography;
using System.Text;
using PeerDrive.Model.Errors;

namespace PeerDrive.Transport.Identity;

/// <summary>The text form of an identity file: PEM blocks, of a PRIVATE KEY (PKCS#8, may be absent) and of a CERTIFICATE.</summary>
internal static class KeyFile
{
    /// <summary>The key, which the caller owns, and the certificate (DER). Clears <paramref name="bytes"/>.</summary>
    /// <exception cref="PeerDriveException">Corrupt.</exception>
    public static (ECDsa? Key, byte[] Certificate) Parse(string path, byte[] bytes)
    {
        ECDsa? key = null;
        byte[]? certificate = null;
        var text = Encoding.ASCII.GetChars(bytes);
        try
        {
            var rest = text.AsSpan();
            while (PemEncoding.TryFind(rest, out var fields))
            {
                var label = rest[fields.Label];
                var content = Convert.FromBase64String(rest[fields.Base64Data].ToString());
                if (label is "CERTIFICATE") certificate = content;
                else if (label is "PRIVATE KEY" && key is null) key = Import(content);
                rest = rest[fields.Location.End..];
            }
            return (key, certificate ?? throw Damaged(path, null));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            key?.Dispose();
            throw Damaged(path, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            text.AsSpan().Clear();
        }
    }

    public static PeerDriveException Damaged(string path, Exception? inner) =>
        new(ErrorKind.Corrupt, $"{path} is damaged; restore the file from a backup. Removing it makes a new identity, which no peer knows.", inner);

    /// <summary>A P-256 private key from PKCS#8; clears <paramref name="pkcs8"/>.</summary>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static ECDsa Import(byte[] pkcs8)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out _);
            if (key.KeySize == 256) return key;
            throw new CryptographicException("Not a P-256 key.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Whether a private key is the one of a public key.</summary>
    public static bool Belongs(ECDsa key, Model.Identity.PublicKey publicKey)
    {
        ReadOnlySpan<byte> probe = "peerdrive key check"u8;
        return publicKey.Verify(probe, key.SignData(probe, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }
}
