using System.Text;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Client;
using PeerDrive.Model.Errors;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Node.Home;

/// <summary>A node's data directory, locked against other nodes until it is disposed.</summary>
internal sealed class NodeHome : IDisposable
{
    private const uint PrivateFile = 0x180, PrivateFolder = 0x1C0, PermissionBits = 0x1FF;

    private readonly SafeFileHandle lockFile;

    private NodeHome(string path, SafeFileHandle lockFile)
    {
        Path = path;
        this.lockFile = lockFile;
        SocketPath = NodeSocket.PathFor(path);
    }

    public string Path { get; }

    public string SocketPath { get; }

    public string IdentityFolder => System.IO.Path.Combine(Path, "identity");

    public string VolumesFolder => System.IO.Path.Combine(Path, "volumes");

    /// <summary>What is being written by way of the API.</summary>
    public string UploadsFolder => System.IO.Path.Combine(Path, "uploads");

    public string SettingsFile => System.IO.Path.Combine(Path, "node.json");

    /// <summary>Makes the directory when it is missing, keeps others out of it, and locks it.</summary>
    /// <exception cref="PeerDriveException">Busy: another node runs here. Forbidden: the directory belongs to somebody else.</exception>
    public static NodeHome Open(string home)
    {
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(home));
        return Failures.Translated(() =>
        {
            MakePrivate(path, mayBeLink: true);
            var file = Libc.Open(Bytes(System.IO.Path.Combine(path, "lock")), OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, PrivateFile);
            try
            {
                if (!Libc.TryLock(file)) throw new PeerDriveException(ErrorKind.Busy, $"Another node{Holder(file)} runs in {path}. Use that one, end it with 'peerdrive stop', or choose another directory with --home.");
                var process = Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n");
                Libc.Truncate(file, 0);
                Libc.Write(file, process, 0);
                return new NodeHome(path, file);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        });
    }

    /// <summary>Makes room for the socket: its directory, and no stale socket. The lock says that nobody uses what is there.</summary>
    public void PrepareSocket() => Failures.Translated(() =>
    {
        var folder = System.IO.Path.GetDirectoryName(SocketPath)!;
        // In a directory for all users, somebody else may have put a link under this name.
        if (folder != Path) MakePrivate(folder, mayBeLink: false);
        RemoveSocket();
        return true;
    });

    /// <summary>Lets only this user connect.</summary>
    public void CloseSocketToOthers() => File.SetUnixFileMode(SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    public void RemoveSocket() => File.Delete(SocketPath);

    public void Dispose() => lockFile.Dispose();

    private static void MakePrivate(string path, bool mayBeLink)
    {
        if (!Directory.Exists(path))
        {
            if (System.IO.Path.GetDirectoryName(path) is { Length: > 0 } above) Directory.CreateDirectory(above);
            try
            {
                Libc.MakeFolder(null, Bytes(path), PrivateFolder);
            }
            catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
            {
                // Another start made it meanwhile; its owner is looked at below.
            }
        }
        using var folder = Libc.Open(Bytes(path), OpenFlags.ReadOnly | OpenFlags.Folder | (mayBeLink ? 0 : OpenFlags.NoFollow));
        var stat = Libc.Stat(folder);
        if (stat.Uid != Libc.EffectiveUser()) throw new PeerDriveException(ErrorKind.Forbidden, $"{path} belongs to another user; remove it, or choose another directory with --home.");
        if ((stat.Mode & PermissionBits) != PrivateFolder) Libc.SetPermissions(folder, PrivateFolder);
    }

    private static string Holder(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[16];
        var length = Libc.Read(file, text, 0);
        return int.TryParse(Encoding.ASCII.GetString(text[..length]).Trim(), out var process) ? $" (process {process})" : "";
    }

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);
}
