using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Writing;

/// <summary>Writes whole files under temporary names beside their places. <see cref="WriteAsync"/> runs on several threads.</summary>
internal sealed class TemporaryFiles(LinkScope scope, AttributeWriter attributes)
{
    private const uint PrivateFile = 0x180, NodeMode = 0x1B6;

    private readonly ulong seed = (ulong)scope.Context.Random.NextInt64();
    private long count;

    /// <summary>A name for a file of the volume that is to be out of its place for a moment.</summary>
    public byte[] NewAsideName() => DirectoryNames.Aside(NextNumber());

    /// <summary>Writes one file; a failure of the directory is noted in it.</summary>
    public async ValueTask WriteAsync(FileWrite write, CancellationToken cancellation)
    {
        using var folder = scope.TryOpen(write.Folder);
        if (folder is null)
        {
            write.Started?.Content.Abandon();
            return;
        }
        var name = write.Started?.Name ?? NewName();
        try
        {
            await CreateAsync(write, folder, name, cancellation);
            write.Temporary = name;
        }
        catch (ErrnoException e)
        {
            write.Failure = e;
            Remove(folder, name);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt)
        {
            write.Problem = e.Message;
            Remove(folder, name);
        }
        catch
        {
            Remove(folder, name);
            throw;
        }
    }

    /// <summary>Begins a file whose content is not whole yet; null when its folder is not there.</summary>
    public StartedFile? TryStart(Content content, FileRow home)
    {
        using var folder = scope.TryOpen(home);
        if (folder is null) return null;
        var name = NewName();
        return new StartedFile(home, name, Open(folder, name, content));
    }

    /// <summary>Removes a temporary file; nothing happens when it is gone.</summary>
    public static void Remove(SafeFileHandle folder, byte[] name)
    {
        try
        {
            Libc.Unlink(folder, name, isFolder: false);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.NotFound)
        {
        }
    }

    /// <summary>Gives a file that is under a name of ours a visible one.</summary>
    /// <param name="name">The name that it is to have; if that is taken, it gets one beside it.</param>
    public static void PutBack(SafeFileHandle folder, byte[] own, EntryName name)
    {
        var candidate = name;
        for (var n = 1; ; n++)
        {
            try
            {
                Libc.Rename(folder, own, folder, candidate.Bytes, RenameMode.NoReplace);
                return;
            }
            catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
            {
                candidate = DirectoryNames.Local(name, n);
            }
        }
    }

    private ulong NextNumber() => seed + (ulong)Interlocked.Increment(ref count);

    private byte[] NewName() => DirectoryNames.Temporary(NextNumber());

    private ContentWriter Open(SafeFileHandle folder, byte[] name, Content content) => new(
        Libc.OpenBeneath(folder, name, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, PrivateFile),
        content, scope.Volume.Contents, scope.Context.Scheduler);

    private async ValueTask CreateAsync(FileWrite write, SafeFileHandle folder, byte[] name, CancellationToken cancellation)
    {
        if (write.LinkTo is { } other && TryLink(other, folder, name) is { } linked)
        {
            write.Written = FileSeen.Of(linked, other.Seen.Xattrs);
            return;
        }
        long xattrs = 0;
        var state = write.State!;
        switch (state.Kind)
        {
            case DocumentKind.File:
                await using (var content = write.Started?.Content ?? Open(folder, name, state.Content))
                {
                    await content.FinishAsync(cancellation);
                    xattrs = attributes.Apply(content.File, folder, name, state);
                    Libc.SetMtime(content.File, state.Mtime);
                    if (write.IsSyncedAlone) Libc.Fsync(content.File);
                    write.Written = FileSeen.Of(Libc.Stat(content.File), xattrs);
                }
                return;
            case DocumentKind.SymbolicLink:
                Libc.MakeSymbolicLink(state.Target.Span, folder, name);
                attributes.ApplyToName(folder, name, state);
                break;
            case DocumentKind.Fifo:
                Libc.MakeNode(folder, name, (uint)FileKind.Fifo | (state.Mode & NodeMode), 0);
                attributes.ApplyToName(folder, name, state);
                break;
            case DocumentKind.CharacterDevice or DocumentKind.BlockDevice:
                var kind = state.Kind == DocumentKind.BlockDevice ? FileKind.BlockDevice : FileKind.CharacterDevice;
                Libc.MakeNode(folder, name, (uint)kind | (state.Mode & NodeMode), state.DeviceNumber);
                attributes.ApplyToName(folder, name, state);
                break;
        }
        if (Libc.StatAt(folder, name) is { } stat) write.Written = FileSeen.Of(stat, 0);
    }

    /// <summary>Gives a file that is there a further name, if it is still the one that was written.</summary>
    private FileStat? TryLink(FileRow other, SafeFileHandle folder, byte[] name)
    {
        if (scope.Rows.Folder(other.Parent) is not { } home) return null;
        using var from = scope.TryOpen(home);
        if (from is null) return null;
        try
        {
            Libc.Link(from, other.Name.Bytes, folder, name);
        }
        catch (ErrnoException)
        {
            // No hard links here, or too many: the name gets a copy.
            return null;
        }
        if (Libc.StatAt(folder, name) is { } stat && other.Seen.HasSameBytes(stat)) return stat;
        Remove(folder, name);
        return null;
    }
}
