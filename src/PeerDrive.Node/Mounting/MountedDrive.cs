using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PeerDrive.FileSystem;
using PeerDrive.FileSystem.Handles;
using PeerDrive.Fuse;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Node.Mounting.Telling;

namespace PeerDrive.Node.Mounting;

/// <summary>The drive's files as the kernel asks for them: numbers, names and flags turned into each other, and nothing decided.</summary>
/// <param name="teller">Repeats in the mount what came from elsewhere; null: nobody does.</param>
internal sealed class MountedDrive(DriveFiles drive, ILogger log, ChangeTeller? teller = null) : FuseFileSystem
{
    private const long FirstLine = 2;

    /// <summary>Between a file's being made ready for writing and its opening others may close it and read it again.</summary>
    private const int MostTries = 8;

    /// <summary>What changes elsewhere is told, so the kernel may remember as long as it likes.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromDays(1);

    /// <summary>What the kernel is not told of, it asks again.</summary>
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromSeconds(1);

    /// <summary>No file is behind it, and it is in nobody's way.</summary>
    private static readonly FuseOpened OpenedForTeller = new(0, FuseOpenReply.DirectIo);

    private readonly ConcurrentDictionary<ulong, OpenFile> files = [];
    private readonly ConcurrentDictionary<ulong, OpenFolder> folders = [];
    private readonly string spaceFolder = "/";
    private BackingFiles? backings;
    private ulong lastHandle;

    /// <summary>Whose free space statfs tells.</summary>
    public required string SpaceFolder
    {
        get => spaceFolder;
        init => spaceFolder = value;
    }

    public override FuseFeatures Features => FuseFeatures.TellsChanges | FuseFeatures.ClearsPrivileges | FuseFeatures.Passthrough;

    public override void Start(FuseConnection connection)
    {
        var notifier = connection.Notifier;
        drive.Start(new KernelNotices(notifier.NodeChanged, (folder, name) => notifier.NameChanged(folder, name.Span), connection.ForgetAttributes, teller is null ? null : teller.Note), connection.HasPassthrough);
        backings = new BackingFiles(connection);
    }

    public override void Stop()
    {
        foreach (var file in files.Values) file.Release();
        files.Clear();
        folders.Clear();
    }

    public override Errno ErrorOf(Exception exception)
    {
        if (exception is PeerDriveException e && e.Kind != ErrorKind.Internal)
        {
            // To the program all three are EIO.
            if (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt or ErrorKind.Io) log.MountCannotRead(e.Message);
            return ErrnoOf(e.Kind);
        }
        if (exception is not OperationCanceledException) log.MountOperationFailed(exception);
        return base.ErrorOf(exception);
    }

    public override ValueTask<FuseResult<FuseEntry>> LookUp(FuseContext context, ulong parent, ReadOnlyMemory<byte> name)
    {
        if (TellerOf(context)?.LookUp(parent, name.Span) is { } told) return new(told);
        var found = drive.LookUpAsync(parent, name.Span);
        return found.IsCompletedSuccessfully ? new(EntryOrNothing(parent, found.Result)) : LaterAsync(this, parent, found);

        static async ValueTask<FuseResult<FuseEntry>> LaterAsync(MountedDrive mounted, ulong parent, ValueTask<Outcome<NodeView>> found) =>
            mounted.EntryOrNothing(parent, await found.ConfigureAwait(false));
    }

    public override void Forget(ulong node, ulong count) => drive.Forget(node, count);

    public override ValueTask<FuseResult<FuseStatus>> GetAttributes(FuseContext context, ulong node, ulong? handle) => new(Status(node));

    public override async ValueTask<FuseResult<FuseStatus>> SetAttributes(FuseContext context, ulong node, FuseAttributeChanges changes)
    {
        if (TellerOf(context) is not null) return Status(node);
        var asked = new AttributeChanges(
            changes.Mode is { } mode ? mode & 0xFFF : null, changes.Uid, changes.Gid, changes.Size,
            changes.Atime?.ToNanoseconds() ?? (changes.AtimeIsNow ? Now() : null), changes.Mtime?.ToNanoseconds() ?? (changes.MtimeIsNow ? Now() : null));
        for (var tries = 0; ; tries++)
        {
            if (drive.SetAttributes(node, CallerOf(context), asked) is not { } error) return Status(node);
            if (error != ErrorKind.Busy || tries == MostTries) return ErrnoOf(error);
            if (await drive.PreserveAsync(node).ConfigureAwait(false) is { } refusal) return ErrnoOf(refusal);
        }
    }

    public override ValueTask<FuseResult<ReadOnlyMemory<byte>>> ReadSymbolicLink(FuseContext context, ulong node)
    {
        var target = drive.ReadTarget(node);
        return new(target.Error is { } error ? ErrnoOf(error) : new FuseResult<ReadOnlyMemory<byte>>(target.Value.Span.ToArray(), Errno.None));
    }

    public override ValueTask<FuseResult<FuseEntry>> MakeSymbolicLink(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> target) =>
        new(TellerOf(context)?.Make(parent, name.Span, FileKind.SymbolicLink) ?? Entry(drive.Make(parent, CallerOf(context), name.Span, new NewNode(DocumentKind.SymbolicLink, 0x1FF, Target: new ByteString(target.Span)))));

    public override ValueTask<FuseResult<FuseEntry>> MakeNode(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode, uint deviceNumber)
    {
        if (TellerOf(context)?.Make(parent, name.Span, (FileKind)(mode & 0xF000)) is { } told) return new(told);
        DocumentKind? kind = (FileKind)(mode & 0xF000) switch
        {
            FileKind.Regular or FileKind.Unknown => DocumentKind.File,
            FileKind.Fifo => DocumentKind.Fifo,
            FileKind.Socket => DocumentKind.Socket,
            FileKind.CharacterDevice => DocumentKind.CharacterDevice,
            FileKind.BlockDevice => DocumentKind.BlockDevice,
            _ => null,
        };
        if (kind is null) return new(Errno.Invalid);
        return new(Entry(drive.Make(parent, CallerOf(context), name.Span, new NewNode(kind.Value, mode & 0xFFF, DeviceNumbers.FromKernel(deviceNumber)))));
    }

    public override ValueTask<FuseResult<FuseEntry>> MakeDirectory(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode) =>
        new(TellerOf(context)?.Make(parent, name.Span, FileKind.Folder) ?? Entry(drive.Make(parent, CallerOf(context), name.Span, new NewNode(DocumentKind.Folder, mode & 0xFFF))));

    public override ValueTask<Errno> Unlink(FuseContext context, ulong parent, ReadOnlyMemory<byte> name) =>
        new(TellerOf(context)?.Unlink() ?? ErrnoOf(drive.Unlink(parent, name.Span)));

    public override ValueTask<Errno> RemoveDirectory(FuseContext context, ulong parent, ReadOnlyMemory<byte> name) =>
        new(TellerOf(context)?.Unlink() ?? ErrnoOf(drive.RemoveFolder(parent, name.Span)));

    public override ValueTask<Errno> Rename(
        FuseContext context, ulong parent, ReadOnlyMemory<byte> name, ulong newParent, ReadOnlyMemory<byte> newName, RenameMode mode)
    {
        RenameKind? kind = mode switch
        {
            RenameMode.Replace => RenameKind.Replace,
            RenameMode.NoReplace => RenameKind.Keep,
            RenameMode.Exchange => RenameKind.Exchange,
            _ => null,
        };
        return new(kind is { } known ? ErrnoOf(drive.Rename(parent, name.Span, newParent, newName.Span, known)) : Errno.Invalid);
    }

    public override ValueTask<FuseResult<FuseEntry>> Link(FuseContext context, ulong node, ulong newParent, ReadOnlyMemory<byte> newName) =>
        new(Entry(drive.Link(node, newParent, newName.Span)));

    public override async ValueTask<FuseResult<FuseOpened>> Open(FuseContext context, ulong node, OpenFlags flags)
    {
        if (TellerOf(context) is not null) return OpenedForTeller;
        for (var tries = 0; ; tries++)
        {
            var opened = drive.Open(node, CallerOf(context), AccessOf(flags), (flags & OpenFlags.Truncate) != 0);
            if (opened.Error is not { } error) return Opened(node, opened.Value, context, flags);
            if (error != ErrorKind.Busy || tries == MostTries) return ErrnoOf(error);
            if (await drive.PreserveAsync(node).ConfigureAwait(false) is { } refusal) return ErrnoOf(refusal);
        }
    }

    public override async ValueTask<FuseResult<FuseCreated>> Create(FuseContext context, ulong parent, ReadOnlyMemory<byte> name, uint mode, OpenFlags flags)
    {
        if (TellerOf(context)?.Make(parent, name.Span, FileKind.Regular) is { } told)
            return told.Error == Errno.None ? new FuseCreated(told.Value, OpenedForTeller) : told.Error;
        await drive.WhenRoomAsync(parent).ConfigureAwait(false);
        for (var tries = 0; ; tries++)
        {
            var created = drive.Create(parent, CallerOf(context), name.Span, mode & 0xFFF, AccessOf(flags), (flags & OpenFlags.Exclusive) != 0);
            if (created.Error != ErrorKind.Busy || tries == MostTries) return Created(created, context, flags);
            if (await drive.PreserveAsync(parent, name).ConfigureAwait(false) is { } refusal) return ErrnoOf(refusal);
        }
    }

    public override ValueTask<FuseResult<FuseCreated>> CreateUnnamed(FuseContext context, ulong parent, uint mode, OpenFlags flags) =>
        new(Created(drive.CreateUnnamed(parent, CallerOf(context), mode & 0xFFF, AccessOf(flags)), context, flags));

    public override ValueTask<FuseResult<int>> Read(FuseContext context, ulong node, ulong handle, long offset, Memory<byte> destination)
    {
        var file = files[handle];
        try
        {
            return new(file.Read(offset, destination.Span));
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.NotHere)
        {
            return ReadLaterAsync(file, offset, destination, context.Cancellation);
        }
    }

    /// <summary>Waits for what is on other devices only; the thread that reads requests does not.</summary>
    private async ValueTask<FuseResult<int>> ReadLaterAsync(OpenFile file, long offset, Memory<byte> destination, CancellationToken cancellation)
    {
        for (var tries = 0; ; tries++)
        {
            var isBrought = false;
            try
            {
                await file.BringAsync(offset, destination.Length, cancellation).ConfigureAwait(false);
                isBrought = true;
                return file.Read(offset, destination.Span);
            }
            catch (PeerDriveException e) when (isBrought && e.Kind == ErrorKind.NotHere && tries < MostTries)
            {
                // It was written to, or given back, meanwhile: once more.
            }
            catch (PeerDriveException e)
            {
                return ErrorOf(e);
            }
        }
    }

    public override ValueTask<FuseResult<int>> Write(
        FuseContext context, ulong node, ulong handle, long offset, ReadOnlyMemory<byte> source, FuseWriteFlags flags) =>
        new(files[handle].Write(CallerOf(context), offset, source.Span) is { } error ? ErrnoOf(error) : source.Length);

    public override ValueTask<Errno> Release(FuseContext context, ulong node, ulong handle)
    {
        if (files.TryRemove(handle, out var file))
        {
            if (file.Backing is not null) backings!.Close(node);
            file.Release();
        }
        return new(Errno.None);
    }

    public override async ValueTask<Errno> Sync(FuseContext context, ulong node, ulong handle, bool contentOnly) =>
        ErrnoOf(await files[handle].SyncAsync().ConfigureAwait(false));

    public override ValueTask<FuseResult<FuseOpened>> OpenDirectory(FuseContext context, ulong node, OpenFlags flags)
    {
        var opened = drive.OpenFolderAsync(node);
        return opened.IsCompletedSuccessfully ? new(Opened(opened.Result)) : LaterAsync(this, opened);

        static async ValueTask<FuseResult<FuseOpened>> LaterAsync(MountedDrive mounted, ValueTask<Outcome<OpenFolder>> opened) =>
            mounted.Opened(await opened.ConfigureAwait(false));
    }

    public override ValueTask<Errno> ReadDirectory(FuseContext context, ulong node, ulong handle, long offset, FuseDirectoryWriter writer)
    {
        var folder = folders[handle];
        lock (folder)
        {
            if (offset == 0) folder.Rewind();
            var (own, above) = folder.Inodes;
            if (offset == 0 && !writer.TryAdd("."u8, own, FileKind.Folder, offset = 1)) return new(Errno.None);
            if (offset == 1 && !writer.TryAdd(".."u8, above, FileKind.Folder, offset = FirstLine)) return new(Errno.None);
            var lines = folder.Lines;
            for (var i = (int)Math.Max(0, offset - FirstLine); i < lines.Count; i++)
            {
                var next = i + 1 + FirstLine;
                if (!writer.WantsEntries)
                {
                    if (!writer.TryAdd(lines[i].Name.Bytes, lines[i].Inode, lines[i].Kind, next)) break;
                    continue;
                }
                // What has gone since is left out.
                if (folder.LookUp(i) is not { } view || writer.TryAdd(lines[i].Name.Bytes, Entry(view), next)) continue;
                drive.Forget(view.Node, 1);
                break;
            }
        }
        return new(Errno.None);
    }

    public override ValueTask<Errno> ReleaseDirectory(FuseContext context, ulong node, ulong handle)
    {
        folders.TryRemove(handle, out _);
        return new(Errno.None);
    }

    public override async ValueTask<Errno> SyncDirectory(FuseContext context, ulong node, ulong handle, bool contentOnly) =>
        ErrnoOf(await drive.SyncFolderAsync(node).ConfigureAwait(false));

    public override ValueTask<FuseResult<FuseSpace>> GetSpace(FuseContext context, ulong node)
    {
        const uint blockBytes = 4096;
        using var folder = Libc.Open(System.Text.Encoding.UTF8.GetBytes(SpaceFolder), OpenFlags.ReadOnly | OpenFlags.Folder);
        var space = Libc.Space(folder);
        var free = (ulong)space.FreeBytes / blockBytes;
        return new(new FuseSpace(blockBytes, (ulong)space.TotalBytes / blockBytes, free, free, (ulong)space.FreeInodes + (ulong)drive.NodeCount, (ulong)space.FreeInodes));
    }

    public override ValueTask<FuseResult<ReadOnlyMemory<byte>>> GetXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name)
    {
        var value = drive.GetXattr(node, name.Span);
        return new(value.Error is { } error ? ErrnoOf(error) : value.Value);
    }

    public override ValueTask<FuseResult<ReadOnlyMemory<byte>>> ListXattrs(FuseContext context, ulong node)
    {
        var names = drive.ListXattrs(node);
        if (names.Error is { } error) return new(ErrnoOf(error));
        var bytes = new List<byte>();
        foreach (var name in names.Value)
        {
            bytes.AddRange(name.Span);
            bytes.Add(0);
        }
        return new((ReadOnlyMemory<byte>)bytes.ToArray());
    }

    public override ValueTask<Errno> SetXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, XattrMode mode) =>
        new(ErrnoOf(drive.SetXattr(node, name.Span, value.Span, mode == XattrMode.Create, mode == XattrMode.Replace)));

    public override ValueTask<Errno> RemoveXattr(FuseContext context, ulong node, ReadOnlyMemory<byte> name) => new(ErrnoOf(drive.RemoveXattr(node, name.Span)));

    public override ValueTask<Errno> Allocate(FuseContext context, ulong node, ulong handle, long offset, long length, FuseAllocate mode)
    {
        AllocationKind? kind = mode switch
        {
            FuseAllocate.None => AllocationKind.Grow,
            FuseAllocate.KeepSize => AllocationKind.Keep,
            FuseAllocate.PunchHole | FuseAllocate.KeepSize => AllocationKind.PunchHole,
            FuseAllocate.ZeroRange => AllocationKind.Zero,
            FuseAllocate.ZeroRange | FuseAllocate.KeepSize => AllocationKind.ZeroKeep,
            _ => null,
        };
        return new(kind is { } known ? ErrnoOf(files[handle].Allocate(CallerOf(context), offset, length, known)) : Errno.NotSupported);
    }

    public override ValueTask<FuseResult<long>> CopyRange(
        FuseContext context, ulong node, ulong handle, long offset, ulong targetNode, ulong targetHandle, long targetOffset, long length) => new(Errno.NotSupported);

    public override ValueTask<FuseResult<long>> Seek(FuseContext context, ulong node, ulong handle, long offset, FuseSeek what)
    {
        var found = files[handle].Seek(offset, what == FuseSeek.Data);
        return new(found.Error is { } error ? ErrnoOf(error) : found.Value);
    }

    private static long Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>What is answered to the teller; null: somebody else asks.</summary>
    private TellerAnswers? TellerOf(FuseContext context) => teller is not null && teller.Answers.IsAsking(context) ? teller.Answers : null;

    private static Caller CallerOf(FuseContext context) => new(context.Uid, context.Gid, context.Pid, context.ClearPrivileges);

    private static FileAccess AccessOf(OpenFlags flags) =>
        (flags & OpenFlags.ReadWrite) != 0 ? FileAccess.ReadWrite : (flags & OpenFlags.WriteOnly) != 0 ? FileAccess.Write : FileAccess.Read;

    private static Errno ErrnoOf(ErrorKind? kind) => kind is { } error ? (Errno)error.Codes().Errno : Errno.None;

    private static FuseResult<FuseEntry> Entry(Outcome<NodeView> outcome) => outcome.Error is { } error ? ErrnoOf(error) : Entry(outcome.Value);

    private FuseResult<FuseEntry> EntryOrNothing(ulong folder, Outcome<NodeView> outcome) => outcome.Error == ErrorKind.NotFound
        ? FuseEntry.Nothing(drive.HasLastingNames(folder) ? Timeout : ShortTimeout)
        : Entry(outcome);

    private FuseResult<FuseOpened> Opened(Outcome<OpenFolder> outcome)
    {
        if (outcome.Error is { } error) return ErrnoOf(error);
        var handle = Interlocked.Increment(ref lastHandle);
        folders[handle] = outcome.Value;
        return new FuseOpened(handle);
    }

    internal static FuseEntry Entry(NodeView view) => new()
    {
        Node = view.Node, Generation = view.Generation, Attributes = Attributes(view.Attributes), NameTimeout = view.IsNameLasting ? Timeout : ShortTimeout,
        AttributeTimeout = view.Attributes.IsLasting ? Timeout : ShortTimeout,
    };

    private static FuseAttributes Attributes(in NodeAttributes of) => new()
    {
        Inode = of.Inode,
        Mode = of.Mode,
        Links = of.Links,
        Uid = of.Uid,
        Gid = of.Gid,
        DeviceNumber = DeviceNumbers.ToKernel(of.DeviceNumber),
        Size = of.Size,
        Blocks = of.Sectors,
        Atime = FuseTime.FromNanoseconds(of.Atime),
        Mtime = FuseTime.FromNanoseconds(of.Mtime),
        Ctime = FuseTime.FromNanoseconds(of.Ctime),
    };

    private FuseResult<FuseStatus> Status(ulong node)
    {
        var attributes = drive.GetAttributes(node);
        return new FuseStatus(Attributes(attributes), attributes.IsLasting ? Timeout : ShortTimeout);
    }

    private FuseResult<FuseOpened> Opened(ulong node, OpenFile file, FuseContext context, OpenFlags flags)
    {
        var handle = Interlocked.Increment(ref lastHandle);
        if (file.Backing is { } backing)
        {
            var id = backings!.Open(node, backing);
            if (id == 0)
            {
                // The data directory lies where the kernel cannot do it, as on an overlay: all is served from here.
                drive.StopHandingOver();
                file.Release();
                var again = drive.Open(node, CallerOf(context), AccessOf(flags), truncates: false);
                if (again.Error is { } error) return ErrnoOf(error);
                if (again.Value.Backing is null) return Opened(node, again.Value, context, flags);
                again.Value.Release();
                return Errno.Io;
            }
            files[handle] = file;
            return new FuseOpened(handle, FuseOpenReply.Passthrough, id);
        }
        files[handle] = file;
        // FLUSH would say which program closes, but not how that ends: reading it in /proc, from the process that serves the program's files, can block both for good.
        return new FuseOpened(handle, FuseOpenReply.KeepCache | FuseOpenReply.NoFlush);
    }

    private FuseResult<FuseCreated> Created(Outcome<OpenFile> outcome, FuseContext context, OpenFlags flags)
    {
        if (outcome.Error is { } error) return ErrnoOf(error);
        var view = outcome.Value.View;
        var opened = Opened(view.Node, outcome.Value, context, flags);
        return opened.Error == Errno.None ? new FuseCreated(Entry(view), opened.Value) : opened.Error;
    }
}
