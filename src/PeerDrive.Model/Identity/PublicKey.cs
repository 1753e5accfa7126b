using System.Security.Cryptography;
using PeerDrive.Model.Errors;

namespace PeerDrive.Model.Identity;

/// <summary>An ECDSA P-256 public key that verifies signatures. Thread-safe.</summary>
public sealed class PublicKey : IDisposable
{
    /// <summary>How the DER of every uncompressed P-256 key begins (RFC 5480); 64 bytes X and Y follow.</summary>
    private static readonly byte[] Prefix = Convert.FromHexString("3059301306072A8648CE3D020106082A8648CE3D03010703420004");

    private readonly ECDsa key;

    private PublicKey(ECDsa key) => this.key = key;

    /// <param name="info">SubjectPublicKeyInfo, DER.</param>
    /// <exception cref="PeerDriveException">Corrupt: not a P-256 key.</exception>
    public static PublicKey Import(ReadOnlySpan<byte> info)
    {
        // Looked at before the platform's parser, which throws all kinds of exceptions for other curves.
        if (info.Length != Prefix.Length + 64 || !info.StartsWith(Prefix)) throw NoKey();
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(info, out _);
            return new PublicKey(key);
        }
        catch (CryptographicException e)
        {
            key.Dispose();
            throw NoKey(e);
        }
    }

    /// <param name="signature">IEEE P1363, 64 bytes.</param>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    public void Dispose() => key.Dispose();

    private static PeerDriveException NoKey(Exception? inner = null) =>
        new(ErrorKind.Corrupt, "A certificate's key is not an ECDSA P-256 key.", inner);
}
