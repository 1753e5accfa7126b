using PeerDrive.Fuse.Abi;
using PeerDrive.Fuse.Devices;

namespace PeerDrive.Fuse.Dispatch;

/// <summary>INIT: what kernel and file system agree on.</summary>
internal sealed class Negotiation(FuseFileSystem files, FuseMountOptions options, Func<bool, FuseConnection> connect)
{
    /// <summary>7.31 is of Linux 5.4; earlier ones lack fields that replies here have.</summary>
    private const uint Major = 7, Minor = 45, OldestMinor = 31;

    /// <summary>
    /// No WRITEBACK_CACHE: with it the kernel owns size and time of a file, and a change from elsewhere shows as cut or padded
    /// data. No POSIX_ACL: it makes the file system apply the umask. No locks: the kernel keeps those of one machine.
    /// </summary>
    private const InitFlags Always = InitFlags.AsyncRead | InitFlags.BigWrites | InitFlags.ReadDirPlus | InitFlags.ReadDirPlusAuto
        | InitFlags.AsyncDirectIo | InitFlags.ParallelDirectoryOperations | InitFlags.MaxPages | InitFlags.CacheSymlinks | InitFlags.SetXattrExtended
        | InitFlags.InitExtended | InitFlags.DirectIoAllowMmap;

    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends well with the answer to INIT, badly when the two cannot agree.</summary>
    public Task Done => done.Task;

    public bool IsDone => done.Task.IsCompletedSuccessfully;

    public bool HasExtendedSetXattr { get; private set; }

    /// <summary>The connection ended before, or could not start.</summary>
    public void GiveUp(Exception reason) => done.TrySetException(reason);

    public bool Answer(FuseRequest request)
    {
        var arguments = new ArgumentReader(request.Arguments);
        if (IsDone || !arguments.TryRead(out Incoming.Init init))
        {
            request.Fail(Errno.Protocol);
            return true;
        }
        if (init.Major > Major)
        {
            // It starts again with our number.
            request.Answer(new Outgoing.Init { Major = Major, Minor = Minor });
            return true;
        }
        if (init.Major < Major || init.Minor < OldestMinor)
        {
            request.Fail(Errno.Protocol);
            done.TrySetException(new FuseException(
                Errno.Protocol, $"The kernel speaks FUSE {init.Major}.{init.Minor}; {Major}.{OldestMinor} (Linux 5.4) or later is needed."));
            return true;
        }
        Agree(request, init, Offered(init, ref arguments));
        return true;
    }

    private static InitFlags Offered(in Incoming.Init init, ref ArgumentReader arguments)
    {
        var offered = (InitFlags)init.Flags;
        if (offered.HasFlag(InitFlags.InitExtended) && arguments.TryRead(out Incoming.InitExtended extended)) offered |= (InitFlags)((ulong)extended.Flags2 << 32);
        return offered;
    }

    private InitFlags Wanted()
    {
        var features = files.Features;
        var wanted = Always | (features.HasFlag(FuseFeatures.TellsChanges) ? InitFlags.ExplicitInvalidate : InitFlags.AutoInvalidate);
        if (features.HasFlag(FuseFeatures.ClearsPrivileges)) wanted |= InitFlags.HandleKillPrivV2 | InitFlags.AtomicTruncate;
        if (features.HasFlag(FuseFeatures.AppliesUmask)) wanted |= InitFlags.DontMask;
        if (features.HasFlag(FuseFeatures.Passthrough) && PeerDrive.Native.Files.Libc.EffectiveUser() == 0) wanted |= InitFlags.Passthrough;
        return wanted;
    }

    private void Agree(FuseRequest request, in Incoming.Init init, InitFlags offered)
    {
        var agreed = offered & Wanted();
        // The kernel clears set-user bits when it truncates, not when the open that it passes on does.
        if (!agreed.HasFlag(InitFlags.HandleKillPrivV2)) agreed &= ~InitFlags.AtomicTruncate;
        HasExtendedSetXattr = agreed.HasFlag(InitFlags.SetXattrExtended);
        files.Start(connect(agreed.HasFlag(InitFlags.Passthrough)));
        var reply = new Outgoing.Init
        {
            Major = Major,
            Minor = Math.Min(Minor, init.Minor),
            MaxReadAhead = (uint)Math.Max(init.MaxReadAhead, options.ReadAheadBytes),
            Flags = (uint)agreed,
            Flags2 = (uint)((ulong)agreed >> 32),
            MaxBackground = (ushort)options.MaxBackground,
            CongestionThreshold = (ushort)(options.MaxBackground * 3 / 4),
            MaxWrite = (uint)options.BulkBytes,
            TimeGranularity = 1,
            MaxPages = (ushort)(options.BulkBytes / MappedMemory.PageBytes),
            MaxStackDepth = agreed.HasFlag(InitFlags.Passthrough) ? 1u : 0,
        };
        // Before the answer: the next request may be read by another thread at once.
        done.TrySetResult();
        var sent = request.Answer(reply);
        if (sent != Errno.None) throw new FuseException(sent, "The kernel did not take the answer to INIT.");
    }
}
