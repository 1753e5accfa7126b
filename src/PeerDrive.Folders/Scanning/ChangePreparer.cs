using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Lending;
using PeerDrive.Folders.Rows;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Scanning;

/// <summary>Reads what a local change is made of and stores its bytes. Runs on several threads, one change each.</summary>
internal sealed class ChangePreparer(LinkScope scope, Func<EntryId, bool> isMade, Action<long> onBytes)
{
    public void Prepare(LocalChange change, CancellationToken cancellation)
    {
        if (change.Kind is not (LocalChangeKind.Create or LocalChangeKind.Revise)) return;
        try
        {
            if (change.Stat.Kind is FileKind.Regular or FileKind.Folder) PrepareOpened(change, cancellation);
            else PrepareOther(change);
        }
        catch (ErrnoException e)
        {
            change.IsSkipped = true;
            if (e.Errno is not (ErrnoException.NotFound or ErrnoException.NotADirectory)) change.Problem = Message(change, e.Message);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Invalid or ErrorKind.LimitExceeded)
        {
            change.IsSkipped = true;
            change.Problem = Message(change, e.Message);
        }
    }

    private static string Message(LocalChange change, string reason) => $"'{EntryName.Display(change.Path)}' cannot be taken in: {reason}";

    private void PrepareOpened(LocalChange change, CancellationToken cancellation)
    {
        var flags = OpenFlags.ReadOnly | (change.Stat.Kind == FileKind.Folder ? OpenFlags.Folder : OpenFlags.NonBlocking);
        using var file = scope.Directory.TryOpen(change.Path, flags);
        if (file is null || Libc.Stat(file) is var stat && (stat.Kind != change.Stat.Kind || stat.Inode != change.Stat.Inode))
        {
            // Another file by now: its own event or the next scan brings it.
            change.IsSkipped = change.IsTorn = true;
            return;
        }
        var xattrs = UserXattrs.Read(file);
        var xattrHash = UserXattrs.Hash(xattrs);
        var origin = Origin(change);
        Content? content = null;
        var mustRead = change.NeedsBytes || (change.NeedsReason && xattrHash == change.Row.Seen.Xattrs) || (change.Kind == LocalChangeKind.Revise && origin is null);
        if (stat.Kind == FileKind.Regular && mustRead)
        {
            content = Store(change, file, ref stat, Chunking(change, origin), cancellation);
            if (content is null)
            {
                change.IsSkipped = change.IsTorn = true;
                return;
            }
        }
        change.Stat = stat;
        change.Seen = FileSeen.Of(stat, xattrHash);
        change.State = StateOf(change, origin, content, xattrs, target: default);
    }

    /// <summary>Stores a file's bytes as they were at one moment.</summary>
    /// <returns>Null when there was no such moment.</returns>
    private Content? Store(LocalChange change, SafeFileHandle file, ref FileStat stat, uint chunking, CancellationToken cancellation)
    {
        // Read as long as the opened file was, so that a log that grows meanwhile has a clear end.
        var length = stat.Size;
        if (scope.Lender is { } lender && length >= Lender.LeastBytes && !scope.Drafts.IsActive
            && lender.Store(change, file, ref stat, chunking, onBytes, cancellation) is { } lent) return lent;
        var content = scope.Volume.Contents.Store(new FileSource(file, length), chunking, onBytes, cancellation);
        var after = Libc.Stat(file);
        if (after.Size == length && after.Mtime == stat.Mtime) return (long)content.Size == length ? content : null;
        if (!change.MayGrow || after.Size < length || (long)content.Size != length) return null;
        // Only a file whose first bytes stay as they are, like a log, reads the same twice.
        return scope.Volume.Contents.Store(new FileSource(file, length), content.Chunking, null, cancellation) == content ? content : null;
    }

    private void PrepareOther(LocalChange change)
    {
        var target = default(ByteString);
        if (change.Stat.Kind == FileKind.SymbolicLink)
        {
            using var link = scope.Directory.TryOpen(change.Path, OpenFlags.PathOnly | OpenFlags.NoFollow);
            if (link is null)
            {
                change.IsSkipped = change.IsTorn = true;
                return;
            }
            target = new ByteString(Libc.ReadSymbolicLink(link, []));
        }
        change.Seen = FileSeen.Of(change.Stat, 0);
        change.State = StateOf(change, Origin(change), null, ImmutableSortedDictionary<ByteString, ByteString>.Empty, target);
    }

    private RevisionState? Origin(LocalChange change) =>
        change.Kind == LocalChangeKind.Revise && change.Row.Revision is { } revision ? scope.Volume.Reader.Revision(revision)?.State : null;

    /// <summary>The parameters with which the volume's version is cut, so that equal bytes are seen to be equal.</summary>
    private uint Chunking(LocalChange change, RevisionState? origin)
    {
        if (origin is not null) return origin.Content.Chunking;
        if ((change.Folder.Entry == default && change.Folder.Parent >= 0) || isMade(change.Folder.Entry)) return 0;
        return scope.Volume.Reader.Find(change.Folder.Entry, change.Name)?.Shown?.Content.Chunking ?? 0;
    }

    /// <summary>A new file as it is; of a known one its revision with only those values replaced that changed in the directory.</summary>
    private RevisionState StateOf(
        LocalChange change, RevisionState? origin, Content? content, ImmutableSortedDictionary<ByteString, ByteString> xattrs, ByteString target)
    {
        var stat = change.Stat;
        if (origin is null)
        {
            var made = new RevisionState
            {
                Kind = KindOf(stat.Kind),
                Content = content ?? Content.Empty,
                Mode = stat.Permissions,
                Owner = scope.Accounts.User(stat.Uid),
                Group = scope.Accounts.Group(stat.Gid),
                Mtime = stat.Mtime,
                Target = target,
                DeviceNumber = stat.DeviceNumber,
            };
            return DesktopAttributes.WithShown(made, xattrs, null);
        }
        var seen = change.Row.Seen;
        var state = origin with
        {
            Content = content ?? origin.Content,
            Mode = stat.Mode == seen.Mode ? origin.Mode : stat.Permissions,
            Owner = stat.Uid == seen.Uid ? origin.Owner : scope.Accounts.User(stat.Uid),
            Group = stat.Gid == seen.Gid ? origin.Group : scope.Accounts.Group(stat.Gid),
            Mtime = stat.Mtime == seen.Mtime || (stat.Kind == FileKind.Folder && !IsDated(stat)) ? origin.Mtime : stat.Mtime,
            Target = target.IsEmpty ? origin.Target : target,
        };
        return change.Seen.Xattrs == seen.Xattrs ? state : DesktopAttributes.WithShown(state, xattrs, origin);
    }

    /// <summary>
    /// Whether a folder was given a time, by touch, tar or rsync: then it differs from that of the change. Whatever comes and goes in
    /// it gives it the time of the moment, which says nothing and is each device's own.
    /// </summary>
    private static bool IsDated(in FileStat stat) => Math.Abs(stat.Ctime - stat.Mtime) > 1_000_000_000;

    private static DocumentKind KindOf(FileKind kind) => kind switch
    {
        FileKind.Regular => DocumentKind.File,
        FileKind.Folder => DocumentKind.Folder,
        FileKind.SymbolicLink => DocumentKind.SymbolicLink,
        FileKind.Fifo => DocumentKind.Fifo,
        FileKind.CharacterDevice => DocumentKind.CharacterDevice,
        FileKind.BlockDevice => DocumentKind.BlockDevice,
        _ => throw new PeerDriveException(ErrorKind.Unsupported, "Sockets are not kept."),
    };
}
