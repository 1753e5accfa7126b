using PeerDrive.Model.Errors;
using PeerDrive.Node.Home;

namespace PeerDrive.Node.Links;

/// <summary>Directories as links name them: absolute, without symbolic links, so that nested ones are seen to be nested.</summary>
internal static class LinkedDirectory
{
    /// <summary>The directory that a person named; made when only its last part is missing.</summary>
    /// <param name="named">An absolute path.</param>
    /// <exception cref="PeerDriveException">NotFound, NotAFolder or Forbidden.</exception>
    public static string Prepare(string named)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(named));
        return Failures.Translated(() =>
        {
            if (File.Exists(path)) throw new PeerDriveException(ErrorKind.NotAFolder, $"{path} is a file; only a directory can be linked.");
            if (!Directory.Exists(path))
            {
                if (!Directory.Exists(Path.GetDirectoryName(path))) throw new PeerDriveException(ErrorKind.NotFound, $"{Path.GetDirectoryName(path)} does not exist.");
                Directory.CreateDirectory(path);
            }
            return RealPath(path);
        });
    }

    /// <summary>Whether one is the other or lies inside it.</summary>
    public static bool Overlap(string a, string b) => IsIn(a, b) || IsIn(b, a);

    /// <summary>A path with every symbolic link in it followed.</summary>
    public static string RealPath(string path)
    {
        var real = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new DirectoryInfo(real).ResolveLinkTarget(returnFinalTarget: true) is { } target) real = RealPath(target.FullName);
        }
        return real;
    }

    private static bool IsIn(string inner, string outer) =>
        inner == outer || outer == "/" || inner.StartsWith(outer + "/", StringComparison.Ordinal);
}
