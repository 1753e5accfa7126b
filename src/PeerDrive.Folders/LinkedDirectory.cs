using Microsoft.Win32.SafeHandles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders;

/// <summary>
/// The open directory of a link, with the marker that tells it from an empty mount point. All access goes through it,
/// relative to it, and follows no symbolic link.
/// </summary>
internal sealed class LinkedDirectory : IDisposable
{
    private readonly byte[] path;
    private readonly byte[] marker;
    private readonly FileStat identity;

    private LinkedDirectory(byte[] path, byte[] marker, SafeFileHandle top)
    {
        this.path = path;
        this.marker = marker;
        Top = top;
        identity = Libc.Stat(top);
    }

    public SafeFileHandle Top { get; }

    /// <summary>What lies on another file system, mounted inside, is left out: its vanishing would look like a deletion.</summary>
    public ulong Device => identity.Device;

    /// <summary>Opens the directory of a link.</summary>
    /// <param name="isNew">The link has never run: the directory is made when it is missing, and marked.</param>
    /// <returns>Null when the directory or its marker is not there.</returns>
    /// <exception cref="PeerDriveException">AlreadyExists: another link's marker. NotAFolder.</exception>
    public static LinkedDirectory? TryOpen(string directory, LinkId link, bool isNew)
    {
        var path = System.Text.Encoding.UTF8.GetBytes(directory);
        var marker = MarkerOf(link);
        SafeFileHandle top;
        try
        {
            if (isNew) Directory.CreateDirectory(directory);
            top = Libc.Open(path, OpenFlags.ReadOnly | OpenFlags.Folder);
        }
        catch (Exception e) when (e is ErrnoException { Errno: ErrnoException.NotFound or ErrnoException.NotADirectory } && !isNew)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PeerDriveException(ErrorKind.Io, $"'{directory}' cannot be opened: {e.Message}.", e);
        }
        var opened = new LinkedDirectory(path, marker, top);
        try
        {
            if (isNew) opened.WriteMarker(directory);
            if (opened.HasMarker()) return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
        opened.Dispose();
        return null;
    }

    /// <summary>Opens a directory that is only read once.</summary>
    /// <exception cref="PeerDriveException">Io.</exception>
    public static LinkedDirectory OpenUnmarked(string directory)
    {
        var path = System.Text.Encoding.UTF8.GetBytes(directory);
        try
        {
            return new LinkedDirectory(path, [], Libc.Open(path, OpenFlags.ReadOnly | OpenFlags.Folder));
        }
        catch (ErrnoException e)
        {
            throw new PeerDriveException(ErrorKind.Io, $"'{directory}' cannot be opened: {e.Message}.", e);
        }
    }

    /// <summary>Whether the path still leads to this directory and the marker lies in it.</summary>
    public bool IsThere()
    {
        try
        {
            using var again = Libc.Open(path, OpenFlags.PathOnly | OpenFlags.Folder);
            var stat = Libc.Stat(again);
            return stat.Device == identity.Device && stat.Inode == identity.Inode && HasMarker();
        }
        catch (ErrnoException)
        {
            return false;
        }
    }

    /// <summary>Opens a folder below for reading; null when there is none at the path, or a symbolic link on the way.</summary>
    public SafeFileHandle? TryOpenFolder(ReadOnlySpan<byte> folder, bool pathOnly = false) =>
        TryOpen(folder, OpenFlags.Folder | (pathOnly ? OpenFlags.PathOnly : OpenFlags.ReadOnly));

    /// <summary>Opens what is at a path; null when it is gone or lies behind a symbolic link.</summary>
    public SafeFileHandle? TryOpen(ReadOnlySpan<byte> at, OpenFlags flags)
    {
        try
        {
            return Libc.OpenBeneath(Top, at, flags);
        }
        catch (ErrnoException e) when (e.Errno is ErrnoException.NotFound or ErrnoException.NotADirectory or ErrnoException.TooManyLinks or ErrnoException.CrossDevice)
        {
            return null;
        }
    }

    /// <summary>Status of a name in a folder below; null when either is not there.</summary>
    public FileStat? Stat(ReadOnlySpan<byte> folder, EntryName name)
    {
        using var handle = TryOpenFolder(folder, pathOnly: true);
        return handle is null ? null : Libc.StatAt(handle, name.Bytes);
    }

    public void Dispose() => Top.Dispose();

    /// <summary>Removes a link's marker; that of another link stays.</summary>
    public static void RemoveMarker(LinkSettings settings)
    {
        using var opened = TryOpen(settings.Directory, settings.Id, isNew: false);
        if (opened is not null) Libc.Unlink(opened.Top, DirectoryNames.Marker, isFolder: false);
    }

    private static byte[] MarkerOf(LinkId link) => System.Text.Encoding.ASCII.GetBytes(link + "\n");

    private bool HasMarker()
    {
        try
        {
            using var file = Libc.OpenBeneath(Top, DirectoryNames.Marker, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            Span<byte> bytes = stackalloc byte[64];
            return Libc.Read(file, bytes, 0) is var count && bytes[..count].SequenceEqual(marker);
        }
        catch (ErrnoException)
        {
            return false;
        }
    }

    private void WriteMarker(string directory)
    {
        if (HasMarker()) return;
        try
        {
            using var file = Libc.OpenBeneath(Top, DirectoryNames.Marker, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive, 0x180);
            Libc.Write(file, marker, 0);
            Libc.Fsync(file);
            Libc.Fsync(Top);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            throw new PeerDriveException(
                ErrorKind.AlreadyExists, $"'{directory}' is marked as another linked folder. Unlink it there, or delete the file '.pd~folder' in it when that link is gone.", e);
        }
        catch (ErrnoException e)
        {
            throw new PeerDriveException(ErrorKind.Io, $"The marker of a linked folder could not be written to '{directory}': {e.Message}.", e);
        }
    }
}
