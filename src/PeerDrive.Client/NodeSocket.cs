using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PeerDrive.Client;

/// <summary>Where a node's socket lies: one rule for the node and for whoever calls it.</summary>
public static class NodeSocket
{
    /// <summary>What the kernel takes as the path of a Unix socket (sockaddr_un, without the closing NUL).</summary>
    public const int MaxPathBytes = 107;

    private const string FileName = "peerdrive.sock";

    /// <summary>The effective user of this process.</summary>
    public static uint CurrentUser { get; } = ReadEffectiveUser();

    /// <summary>
    /// The socket of the node with a data directory: <c>peerdrive.sock</c> in it. When that path is too long, a name made of the
    /// directory's hash in the user's runtime directory, or in <c>/tmp/peerdrive-&lt;user number&gt;</c> when there is none.
    /// </summary>
    /// <param name="home">The node's data directory; relative paths are taken from the current directory.</param>
    public static string PathFor(string home)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));
        var inHome = Path.Combine(full, FileName);
        if (Encoding.UTF8.GetByteCount(inHome) <= MaxPathBytes) return inHome;
        var name = string.Create(CultureInfo.InvariantCulture, $"peerdrive-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)).AsSpan(0, 8))}.sock");
        var inRuntime = RuntimeDirectory() is { } runtime ? Path.Combine(runtime, name) : null;
        return inRuntime is not null && Encoding.UTF8.GetByteCount(inRuntime) <= MaxPathBytes
            ? inRuntime
            : Path.Combine(string.Create(CultureInfo.InvariantCulture, $"/tmp/peerdrive-{CurrentUser}"), name);
    }

    private static string? RuntimeDirectory()
    {
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } set && Path.IsPathFullyQualified(set) && Directory.Exists(set)) return set;
        // A login without a session bus lacks the variable, though the directory is there.
        var usual = string.Create(CultureInfo.InvariantCulture, $"/run/user/{CurrentUser}");
        return Directory.Exists(usual) ? usual : null;
    }

    private static uint ReadEffectiveUser()
    {
        // "Uid:" real, effective, saved, file system: see proc(5).
        var line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("Uid:", StringComparison.Ordinal));
        return uint.Parse(line.Split('\t', StringSplitOptions.RemoveEmptyEntries)[2], CultureInfo.InvariantCulture);
    }
}
