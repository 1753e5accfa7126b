using PeerDrive.Fuse.Devices;
using PeerDrive.Fuse.Dispatch;
using PeerDrive.Fuse.Mounting;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse;

/// <summary>A file system that is mounted and served by this process.</summary>
public sealed class FuseMount : IAsyncDisposable
{
    private const int LargestBulk = 1 << 20, SmallestBulk = 4096;

    private readonly FuseSession session;
    private readonly MountLine mount;
    private bool disposed;

    private FuseMount(FuseSession session, MountLine mount)
    {
        this.session = session;
        this.mount = mount;
        Ended = session.CompleteAsync();
    }

    /// <summary>Where it is, without symbolic links.</summary>
    public string MountPoint => mount.MountPoint;

    /// <summary>The number that the kernel's lists have for it (proc(5), fdinfo: sdev), as long as it is mounted.</summary>
    public uint DeviceNumber => mount.Number;

    public FuseNotifier Notifier => session.Notifier;

    /// <summary>Completes when it was unmounted, by whomever, and every operation has ended.</summary>
    public Task Ended { get; }

    /// <summary>
    /// Mounts at an existing directory, and serves. A mount there whose program has died is cleared away first. Blocks for as
    /// long as mounting takes, some milliseconds.
    /// </summary>
    /// <exception cref="FuseException">It cannot be done; the message says what to do about it.</exception>
    public static async Task<FuseMount> MountAsync(FuseFileSystem files, string path, FuseMountOptions options)
    {
        ArgumentNullException.ThrowIfNull(files);
        Check(options);
        var mountPoint = Mounting.MountPoint.Prepare(path);
        var isDirect = options.Method == FuseMountMethod.Direct || (options.Method == FuseMountMethod.Automatic && Libc.EffectiveUser() == 0);
        var device = isDirect ? DirectMount.Mount(mountPoint, options) : Fusermount.Mount(mountPoint, options);
        var session = new FuseSession(device, files, options);
        try
        {
            var mount = MountTable.Find(mountPoint) ?? throw new FuseException(Errno.NotConnected, $"{mountPoint} was unmounted at once.");
            await session.StartAsync().ConfigureAwait(false);
            ReadAhead.TryRaise(mount, options.ReadAheadBytes);
            return new FuseMount(session, mount);
        }
        catch
        {
            Unmounting.Detach(mountPoint);
            await session.AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Unmounts if nobody uses it, and waits for its end.</summary>
    /// <returns>False when programs have files open in it or work there.</returns>
    public async Task<bool> TryUnmountAsync()
    {
        if (IsMounted() && !Unmounting.Try(MountPoint)) return false;
        await Ended.ConfigureAwait(false);
        return true;
    }

    /// <summary>
    /// Unmounts, also while it is in use: programs then get errors for what they have open. If the kernel lets this process
    /// not end the connection, it ends when the last of them closes, or this process ends; that is not waited for.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        disposed = true;
        var willEnd = true;
        if (IsMounted() && !Unmounting.Try(MountPoint))
        {
            willEnd = Unmounting.Abort(mount);
            if (IsMounted()) Unmounting.Detach(MountPoint);
        }
        if (!willEnd && !Ended.IsCompleted) return;
        await Ended.ConfigureAwait(false);
        session.Dispose();
    }

    private static void Check(FuseMountOptions options)
    {
        if (options.Source.Contains(',', StringComparison.Ordinal) || options.Subtype.Contains(',', StringComparison.Ordinal))
            throw new FuseException(Errno.Invalid, "Source and type of a mount must not contain a comma.");
        if (options.BulkBytes is < SmallestBulk or > LargestBulk || options.BulkBytes % MappedMemory.PageBytes != 0)
            throw new FuseException(Errno.Invalid, "One read or write carries 4 KiB to 1 MiB, in whole pages.");
        if (options.Threads is < 1 or > 64) throw new FuseException(Errno.Invalid, "A mount has 1 to 64 reading threads.");
    }

    /// <summary>By number, so that what somebody else mounted there meanwhile is left alone.</summary>
    private bool IsMounted() => MountTable.Find(MountPoint) is { } line && line.Device == mount.Device;
}
