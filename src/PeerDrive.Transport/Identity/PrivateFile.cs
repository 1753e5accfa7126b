using System.Security.Cryptography;
using PeerDrive.Model.Errors;

namespace PeerDrive.Transport.Identity;

/// <summary>Files that hold private keys: mode 0600 in a directory of mode 0700, replaced as a whole or not at all.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes the directory, or checks the one that is there.</summary>
    /// <exception cref="PeerDriveException">Forbidden: others have rights to it.</exception>
    public static void OpenDirectory(string directory)
    {
        if (Directory.Exists(directory)) Check(directory, "700");
        else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The bytes of a private file; null when there is none. The caller clears them after use.</summary>
    /// <exception cref="PeerDriveException">Forbidden: others have rights to it. Corrupt: too large.</exception>
    public static byte[]? Read(string path)
    {
        if (!File.Exists(path)) return null;
        Check(path, "600");
        using var handle = File.OpenHandle(path);
        var length = RandomAccess.GetLength(handle);
        if (length > TransportLimits.IdentityFileBytes) throw new PeerDriveException(ErrorKind.Corrupt, $"{path} is too large to be a key; restore it from a backup.");
        var bytes = new byte[length];
        for (var at = 0; at < bytes.Length;)
        {
            var read = RandomAccess.Read(handle, bytes.AsSpan(at), at);
            if (read == 0) throw new PeerDriveException(ErrorKind.Io, $"{path} became shorter while it was read.");
            at += read;
        }
        return bytes;
    }

    /// <summary>Writes beside the file, syncs, renames and syncs the directory; clears <paramref name="bytes"/>.</summary>
    public static void Write(string path, byte[] bytes, FileSync sync)
    {
        var temporary = path + ".new";
        try
        {
            // Left by a crash, and not to be trusted to have our mode.
            File.Delete(temporary);
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                stream.Write(bytes);
                sync.File(stream.SafeFileHandle);
            }
            File.Move(temporary, path, overwrite: true);
            sync.Directory(Path.GetDirectoryName(path)!);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static void Check(string path, string mode)
    {
        if ((File.GetUnixFileMode(path) & Others) != 0)
            throw new PeerDriveException(ErrorKind.Forbidden, $"{path} holds private keys, but other users have rights to it; run: chmod {mode} '{path}'");
    }
}
