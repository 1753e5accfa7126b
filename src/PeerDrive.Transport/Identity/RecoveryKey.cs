using System.Security.Cryptography;
using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Transport.Identity;

/// <summary>
/// A person kept on paper: a P-256 key as text, <c>PDR1-AAAAAAA-BBBBBBB-…</c>: Base32 in eight groups of seven, of the 32 bytes of the private
/// number (big-endian) and 3 bytes of a check sum, the first of SHA-256("PDR1" + number). The text is the whole secret.
/// </summary>
public sealed class RecoveryKey : IDisposable
{
    private const string Prefix = "PDR1";
    private const int NumberBytes = 32, CheckBytes = 3, Group = 7, Characters = 56;

    private readonly byte[] number;

    private RecoveryKey(byte[] number) => this.number = number;

    public static RecoveryKey Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new RecoveryKey(key.ExportParameters(includePrivateParameters: true).D!);
    }

    /// <summary>Reads what a person typed: case, blanks, line ends and dashes do not matter.</summary>
    /// <exception cref="PeerDriveException">Invalid: mistyped or incomplete.</exception>
    public static RecoveryKey Parse(string typed)
    {
        if (typed.Length > 400) throw Mistyped(null);
        var text = string.Concat(typed.Where(c => c != '-' && !char.IsWhiteSpace(c))).ToUpperInvariant();
        // 1 is not in the alphabet, so that the prefix can be told from a key that was typed without it.
        if (text.StartsWith(Prefix, StringComparison.Ordinal)) text = text[Prefix.Length..];
        if (text.Length != Characters || !Base32.TryDecode(text, out var bytes)) throw Mistyped(null);
        var number = bytes[..NumberBytes];
        if (!bytes.AsSpan(NumberBytes).SequenceEqual(Check(number))) throw Mistyped(null);
        try
        {
            Import(number).Dispose();
            return new RecoveryKey(number);
        }
        catch (CryptographicException e)
        {
            throw Mistyped(e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The text to print or write down; 68 characters.</summary>
    public string ToText()
    {
        var plain = Base32.Encode([.. number, .. Check(number)]);
        var text = new StringBuilder(Prefix, 80);
        for (var at = 0; at < plain.Length; at += Group) text.Append('-').Append(plain, at, Group);
        return text.ToString();
    }

    /// <summary>The key as a person. Its id depends on the key alone; its certificate is a new one each time.</summary>
    public PersonIdentity ToPerson(string name)
    {
        var key = Import(number);
        return new PersonIdentity(key, Certificates.CreatePerson(key, name));
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(number);

    private static ECDsa Import(byte[] number) => ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = number });

    private static byte[] Check(ReadOnlySpan<byte> number) => SHA256.HashData([.. "PDR1"u8, .. number])[..CheckBytes];

    private static PeerDriveException Mistyped(Exception? inner) =>
        new(ErrorKind.Invalid, "This is not a recovery key; check it against the paper, all 56 characters after PDR1.", inner);
}
