using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Home;

namespace PeerDrive.Node.Web;

/// <summary>The password by which a person logs in from another device. Only a slow hash of it is kept, in a file of the data directory that only this user can read.</summary>
/// <param name="Record">The text of the file: name of the function, iterations, salt and hash.</param>
internal sealed record WebPassword(string Record)
{
    public const string FileName = "web-password";
    public const int MinLength = 10, MaxLength = 256;

    private const string Function = "pbkdf2-sha256";

    /// <summary>As OWASP asks for PBKDF2 with HMAC-SHA-256.</summary>
    private const int Iterations = 600_000;

    private const int SaltBytes = 16, HashBytes = 32, MaxFileBytes = 1_024, MaxIterations = 10_000_000;

    /// <returns>Null: none was set.</returns>
    /// <exception cref="PeerDriveException">Corrupt: the file holds none.</exception>
    public static WebPassword? Load(string home) => Failures.Translated(() =>
    {
        var file = new FileInfo(Path.Combine(home, FileName));
        if (!file.Exists) return null;
        var password = new WebPassword(file.Length > MaxFileBytes ? "" : File.ReadAllText(file.FullName).Trim());
        return password.Parts is null ? throw new PeerDriveException(ErrorKind.Corrupt, $"{file.FullName} holds no password. Remove it and set one with: peerdrive password") : password;
    });

    /// <exception cref="PeerDriveException">Invalid: too short or too long.</exception>
    public static WebPassword Set(string home, string password)
    {
        if (password.Length is < MinLength or > MaxLength) throw new PeerDriveException(ErrorKind.Invalid, $"A password has {MinLength} to {MaxLength} letters: whoever has it has all your files.");
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var record = string.Create(CultureInfo.InvariantCulture, $"{Function} {Iterations} {Convert.ToHexStringLower(salt)} {Convert.ToHexStringLower(Hash(password, salt, Iterations))}");
        Failures.Translated(() =>
        {
            PrivateFiles.Replace(Path.Combine(home, FileName), Encoding.ASCII.GetBytes(record + "\n"));
            return true;
        });
        return new WebPassword(record);
    }

    public static void Remove(string home) => File.Delete(Path.Combine(home, FileName));

    /// <summary>Takes its time, some tenths of a second.</summary>
    public bool IsSame(string shown) => shown.Length <= MaxLength && Parts is { } parts && CryptographicOperations.FixedTimeEquals(Hash(shown, parts.Salt, parts.Iterations), parts.Hash);

    private (int Iterations, byte[] Salt, byte[] Hash)? Parts
    {
        get
        {
            if (Record.Split(' ') is not [Function, var count, var salt, var hash] || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < 1 or > MaxIterations) return null;
            try
            {
                return (iterations, Convert.FromHexString(salt), Convert.FromHexString(hash));
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }

    private static byte[] Hash(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashBytes);
}
