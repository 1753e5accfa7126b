using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Writing;

/// <summary>Brings files that were written under temporary names into their places, without losing what somebody else puts there at that moment. Used by the link's loop only.</summary>
internal sealed class FilePlacer(LinkScope scope, WriteRound round, EntryMover mover)
{
    /// <summary>Renames a finished file into its place.</summary>
    /// <returns>Its row; null when the place was not as expected.</returns>
    public FileRow? Place(FileWrite write)
    {
        if (write.Failure is { } failure)
        {
            if (failure.Errno == ErrnoException.NoSpace) throw failure;
            round.Failed(write.Folder, write.View, failure);
            return null;
        }
        if (write.Problem is { } problem)
        {
            // The content may come anew before; then its event brings it.
            round.Failed(write.View.Id, $"'{EntryName.Display(PathOf(write))}' could not be written: {problem}");
            return null;
        }
        using var folder = scope.TryOpen(write.Folder);
        if (folder is null || write.Temporary is not { } temporary)
        {
            round.Disturbed(write.Folder, write.View);
            return null;
        }
        try
        {
            if (!(write.Row is { } row ? TryReplace(folder, temporary, write, row) : TryPut(folder, temporary, write)))
            {
                Discard(folder, temporary, write);
                return null;
            }
            if (Libc.StatAt(folder, write.Name.Bytes) is not { } stat)
            {
                round.Disturbed(write.Folder, write.View);
                return null;
            }
            var placed = write.Row ?? scope.Rows.New(write.Folder, write.Name, default);
            placed.Entry = write.View.Id;
            placed.Document = write.View.Document;
            placed.Revision = write.Revision;
            // Renaming it changed its status; whatever else did is a change for the scanner to find.
            placed.Seen = write.Written.HasSameBytesAndRights(stat) ? FileSeen.Of(stat, write.Written.Xattrs) : write.Written;
            return placed;
        }
        catch (ErrnoException e)
        {
            Discard(folder, temporary, write);
            round.Failed(write.Folder, write.View, e);
            return null;
        }
    }

    private bool TryPut(SafeFileHandle folder, byte[] temporary, FileWrite write)
    {
        if (!mover.TryClear(write.Folder, write.View, write.Row)) return false;
        try
        {
            Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.NoReplace);
            return true;
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            if (scope.Drafts.IsActive && TryReplaceDraft(folder, temporary, write)) return true;
            round.Disturbed(write.Folder, write.View);
            return false;
        }
    }

    /// <summary>A new file that this device may not commit stands in the way; its bytes are kept.</summary>
    private bool TryReplaceDraft(SafeFileHandle folder, byte[] temporary, FileWrite write)
    {
        var path = PathOf(write);
        Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.Exchange);
        if (Libc.StatAt(folder, temporary) is { Kind: not FileKind.Folder } old && scope.Drafts.Has(path, old))
        {
            scope.Drafts.NoteReplaced(path);
            TemporaryFiles.Remove(folder, temporary);
            return true;
        }
        ExchangeBack(folder, temporary, write);
        return false;
    }

    /// <summary>Exchanges both files and looks at what came out, so that no write in between is lost.</summary>
    private bool TryReplace(SafeFileHandle folder, byte[] temporary, FileWrite write, FileRow row)
    {
        var found = Libc.StatAt(folder, write.Name.Bytes);
        if (found is null && scope.Drafts.IsActive && scope.Drafts.HasDeleted(scope.PathOf(row)))
        {
            scope.Drafts.NoteReplaced(scope.PathOf(row));
            return TryPut(folder, temporary, write);
        }
        if (found is not { } before || !scope.IsAsSeen(row, before))
        {
            round.Disturbed(write.Folder, write.View);
            return false;
        }
        try
        {
            Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.Exchange);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.NotFound)
        {
            round.Disturbed(write.Folder, write.View);
            return false;
        }
        if (Libc.StatAt(folder, temporary) is { } old && (row.Seen.HasSameBytes(old) || scope.IsDraft(row, old)))
        {
            if (scope.Drafts.IsActive) scope.Drafts.NoteReplaced(scope.PathOf(row));
            scope.Lender?.Note(row.Seen.Inode);
            TemporaryFiles.Remove(folder, temporary);
            return true;
        }
        ExchangeBack(folder, temporary, write);
        round.Disturbed(write.Folder, write.View);
        return false;
    }

    private static void ExchangeBack(SafeFileHandle folder, byte[] temporary, FileWrite write)
    {
        try
        {
            Libc.Rename(folder, temporary, folder, write.Name.Bytes, RenameMode.Exchange);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.NotFound)
        {
            // Somebody took away what we had put there; what was there before is not discarded.
        }
    }

    /// <summary>Removes what was written. What else came under its name, by an exchange and the saves of a program around it, gets a visible one.</summary>
    public static void Discard(SafeFileHandle folder, byte[] temporary, FileWrite write)
    {
        if (Libc.StatAt(folder, temporary) is not { } stat) return;
        var isElsewhere = stat.Inode == write.Written.Inode && stat.Links > 1;
        if (isElsewhere || write.Written.HasSameBytes(stat)) TemporaryFiles.Remove(folder, temporary);
        else TemporaryFiles.PutBack(folder, temporary, write.Name);
    }

    private byte[] PathOf(FileWrite write) => RowTable.Join(scope.Rows.PathOf(write.Folder) ?? [], write.Name);
}
