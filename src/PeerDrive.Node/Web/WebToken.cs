using System.Text;
using PeerDrive.Model.Errors;
using PeerDrive.Native;
using PeerDrive.Native.Files;
using PeerDrive.Node.Home;

namespace PeerDrive.Node.Web;

/// <summary>The token by which programs use the API over TCP, in a file of the data directory that only this user can read.</summary>
internal static class WebToken
{
    public const string FileName = "api-token";

    private const uint PrivateFile = 0x180;
    private const int MinLength = 32, MaxBytes = 256;

    /// <summary>Reads the token; the first time it is drawn. Removing the file and starting anew ends all sessions.</summary>
    /// <exception cref="PeerDriveException">Corrupt: the file holds none.</exception>
    public static string Load(string home) => Failures.Translated(() =>
    {
        var path = Path.Combine(home, FileName);
        var bytes = Encoding.UTF8.GetBytes(path);
        try
        {
            using var file = Libc.Open(bytes, OpenFlags.ReadOnly | OpenFlags.NoFollow);
            Libc.SetPermissions(file, PrivateFile);
            Span<byte> text = stackalloc byte[MaxBytes];
            var token = Encoding.ASCII.GetString(text[..Libc.Read(file, text, 0)]).Trim();
            return token.Length >= MinLength ? token : throw new PeerDriveException(ErrorKind.Corrupt, $"{path} holds no token. Remove it: a new one is made at the next start.");
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.NotFound)
        {
            var token = WebLogins.NewSecret();
            PrivateFiles.Replace(path, Encoding.ASCII.GetBytes(token + "\n"));
            return token;
        }
    });
}
