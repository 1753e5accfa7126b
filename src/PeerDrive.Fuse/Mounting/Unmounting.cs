using System.Runtime.InteropServices;
using PeerDrive.Fuse.Devices;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Mounting;

/// <summary>Takes mounts away.</summary>
internal static class Unmounting
{
    private const int Force = 1, Lazily = 2, NoFollow = 8;

    /// <returns>False when programs still use it.</returns>
    /// <exception cref="FuseException">It could not be done for another reason.</exception>
    public static bool Try(string path)
    {
        if (!IsRoot) return Fusermount.TryUnmount(path, lazily: false);
        return Unmount(path, NoFollow) switch
        {
            Errno.None or Errno.Invalid => true,
            Errno.Busy => false,
            var error => throw new FuseException(error, $"{path} could not be unmounted: {Marshal.GetPInvokeErrorMessage((int)error)}."),
        };
    }

    /// <summary>Takes the mount out of the tree; it ends when nobody uses it any more.</summary>
    public static void Detach(string path)
    {
        if (!IsRoot)
        {
            Fusermount.TryUnmount(path, lazily: true);
            return;
        }
        var error = Unmount(path, Lazily | NoFollow);
        if (error is not (Errno.None or Errno.Invalid))
            throw new FuseException(error, $"{path} could not be unmounted: {Marshal.GetPInvokeErrorMessage((int)error)}.");
    }

    /// <summary>Ends the connection, so that every program that waits for it gets an error.</summary>
    /// <returns>False when this process has no means to.</returns>
    public static bool Abort(MountLine mount)
    {
        // Unmounting by force fails while the mount is in use, but has ended the connection by then.
        if (IsRoot && Unmount(mount.MountPoint, Force | NoFollow) is Errno.None or Errno.Busy) return true;
        try
        {
            File.WriteAllText($"/sys/fs/fuse/connections/{mount.Connection}/abort", "1");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsRoot => Libc.EffectiveUser() == 0;

    private static unsafe Errno Unmount(string path, int flags)
    {
        using var text = new NativeText(path);
        return SystemCalls.Unmount(text.Pointer, flags) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
    }
}
