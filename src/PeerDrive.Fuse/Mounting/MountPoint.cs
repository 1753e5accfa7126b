using System.Runtime.InteropServices;
using System.Text;
using PeerDrive.Fuse.Devices;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Mounting;

/// <summary>A directory to mount at.</summary>
internal static class MountPoint
{
    /// <summary>More mounts than this on top of each other are not cleared away.</summary>
    private const int MostDead = 16;

    /// <summary>The path as the kernel lists it, after mounts whose program has died are cleared away from it.</summary>
    /// <exception cref="FuseException">It is no directory, or a living mount is there.</exception>
    public static string Prepare(string path)
    {
        var resolved = Resolve(path);
        for (var i = 0; i < MostDead && IsDead(resolved); i++) Unmounting.Detach(resolved);
        if (MountTable.Find(resolved) is { IsFuse: true } mount)
            throw new FuseException(Errno.Busy, $"At {resolved} something is mounted already ({mount.Source}, {mount.Type}): unmount it first, or mount elsewhere.");
        return Status(resolved)?.Kind switch
        {
            FileKind.Folder => resolved,
            null => throw new FuseException(Errno.NotFound, $"{resolved} does not exist: make the directory first."),
            _ => throw new FuseException(Errno.NotADirectory, $"{resolved} is no directory: mount at an empty one."),
        };
    }

    /// <summary>Whether a mount is there whose program has died.</summary>
    public static bool IsDead(string path)
    {
        try
        {
            Libc.StatAt(null, Encoding.UTF8.GetBytes(path));
            return false;
        }
        catch (ErrnoException e) when ((Errno)e.Errno is Errno.NotConnected or Errno.ConnectionAborted)
        {
            return true;
        }
    }

    /// <summary>Follows symbolic links; the last part may be a dead mount, which cannot be asked.</summary>
    private static string Resolve(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (RealPath(full) is { } resolved) return resolved;
        var parent = Path.GetDirectoryName(full);
        return parent is not null && RealPath(parent) is { } known ? Path.Combine(known, Path.GetFileName(full)) : full;
    }

    private static unsafe string? RealPath(string path)
    {
        const int longest = 4096;
        using var text = new NativeText(path);
        var buffer = stackalloc byte[longest];
        return SystemCalls.RealPath(text.Pointer, buffer) is null ? null : Marshal.PtrToStringUTF8((nint)buffer);
    }

    private static FileStat? Status(string path)
    {
        try
        {
            return Libc.StatAt(null, Encoding.UTF8.GetBytes(path));
        }
        catch (ErrnoException e)
        {
            throw new FuseException((Errno)e.Errno, $"The mount point cannot be used: {e.Message}.", e);
        }
    }
}
