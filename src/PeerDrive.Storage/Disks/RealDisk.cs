using System.Text;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Errors;
using PeerDrive.Native;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Databases;
using PeerDrive.Storage.Lending;

namespace PeerDrive.Storage.Disks;

/// <summary>The operating system's files.</summary>
public sealed class RealDisk : IDisk
{
    private const uint PrivateFile = 0x180, PrivateFolder = 0x1C0;

    public IDiskFile Open(string path, bool create) =>
        Translate(() => new RealDiskFile(Libc.Open(Bytes(path), OpenFlags.ReadWrite | (create ? OpenFlags.Create : 0), PrivateFile)));

    public IDiskFile OpenRead(string path) => Translate(() => new RealDiskFile(Libc.Open(Bytes(path), OpenFlags.ReadOnly)));

    public bool FileExists(string path) => File.Exists(path);

    public FileStamp? Stamp(string path) =>
        Translate(() => Libc.StatAt(null, Bytes(path)) is { Kind: FileKind.Regular } stat ? new FileStamp(stat.Inode, stat.Links, stat.Size, stat.Mtime) : (FileStamp?)null);

    public void CreateFolder(string path) => Translate(() =>
    {
        if (Directory.Exists(path)) return true;
        if (Path.GetDirectoryName(path) is { Length: > 0 } above) CreateFolder(above);
        try
        {
            Libc.MakeFolder(null, Bytes(path), PrivateFolder);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            // Someone else made it meanwhile.
        }
        return true;
    });

    public IReadOnlyList<string> ListFiles(string folder) => List(folder, Directory.EnumerateFiles);

    public IReadOnlyList<string> ListFolders(string folder) => List(folder, Directory.EnumerateDirectories);

    public void Rename(string from, string to) => Translate(() =>
    {
        Libc.Rename(null, Bytes(from), null, Bytes(to));
        return true;
    });

    public void Link(string path, string name) => Translate(() =>
    {
        Libc.Link(null, Bytes(path), null, Bytes(name));
        return true;
    });

    public void Delete(string path) => Translate(() =>
    {
        Libc.Unlink(null, Bytes(path), isFolder: false);
        return true;
    });

    public void SyncFolder(string path) => Translate(() =>
    {
        using var folder = Libc.Open(Bytes(path), OpenFlags.ReadOnly | OpenFlags.Folder);
        Libc.Fsync(folder);
        return true;
    });

    public long FreeBytes(string path) => Translate(() =>
    {
        using var folder = Libc.Open(Bytes(path), OpenFlags.ReadOnly);
        return Libc.Space(folder).FreeBytes;
    });

    public Database OpenDatabase(string path, bool durable)
    {
        // SQLite makes its side files with the mode of the database.
        Translate(() =>
        {
            using var file = Libc.Open(Bytes(path), OpenFlags.ReadWrite | OpenFlags.Create, PrivateFile);
            return true;
        });
        return Database.Open(path, durable);
    }

    public void DeleteDatabase(string path)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            if (File.Exists(path + suffix)) Delete(path + suffix);
        }
    }

    /// <summary>Runs a system call and gives its failure the one form.</summary>
    internal static T Translate<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (ErrnoException e)
        {
            throw Translate(e);
        }
    }

    internal static PeerDriveException Translate(ErrnoException e)
    {
        var kind = ErrorKinds.FromErrno(e.Errno);
        var advice = kind switch
        {
            ErrorKind.NoSpace => " The disk is full: free some space; nothing was lost.",
            ErrorKind.ReadOnly => " The disk is mounted read-only.",
            ErrorKind.Forbidden => " Check who owns it and its mode.",
            _ => "",
        };
        return new PeerDriveException(kind, $"{e.Message}.{advice}", e);
    }

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path);

    private static IReadOnlyList<string> List(string folder, Func<string, IEnumerable<string>> enumerate) =>
        Directory.Exists(folder) ? [.. enumerate(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)] : [];

    private sealed class RealDiskFile(SafeFileHandle handle) : IDiskFile
    {
        private const int BlockBytes = 512, ZeroBytes = 1 << 20;

        // Of what was written one after the other.
        private long begun, end;

        public long Length => Translate(() => Libc.Stat(handle).Size);

        public int Read(long offset, Span<byte> destination)
        {
            try
            {
                return Libc.Read(handle, destination, offset);
            }
            catch (ErrnoException e)
            {
                throw Translate(e);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            try
            {
                Libc.Write(handle, source, offset);
            }
            catch (ErrnoException e)
            {
                throw Translate(e);
            }
            if (offset != end) begun = offset;
            end = offset + source.Length;
            if (end - begun < StorageLimits.WriteBehindBytes) return;
            Libc.StartWriting(handle, begun, end - begun);
            begun = end;
        }

        public void Truncate(long length) => Translate(() =>
        {
            Libc.Truncate(handle, length);
            return true;
        });

        public long NextData(long offset) => Libc.NextData(handle, offset, Length);

        public long NextHole(long offset) => Libc.NextHole(handle, offset, Length);

        public void PunchHole(long offset, long length) => Translate(() =>
        {
            if (Libc.TryPunchHole(handle, offset, length)) return true;
            var zeros = new byte[(int)Math.Min(length, ZeroBytes)];
            for (var end = Math.Min(offset + length, Length); offset < end; offset += zeros.Length)
                Libc.Write(handle, zeros.AsSpan(0, (int)Math.Min(zeros.Length, end - offset)), offset);
            return true;
        });

        public void Allocate(long offset, long length) => Translate(() =>
        {
            Libc.Allocate(handle, offset, length);
            return true;
        });

        public FileStatus Status => Translate(() =>
        {
            var stat = Libc.Stat(handle);
            return new FileStatus(stat.Size, stat.Blocks * BlockBytes, stat.Mtime, stat.Ctime);
        });

        public SafeFileHandle? Handle => handle;

        public void Sync() => Translate(() =>
        {
            Libc.Fdatasync(handle);
            return true;
        });

        public void Dispose() => handle.Dispose();
    }
}
