using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Folders.Writing;

/// <summary>Renames known files and folders in a directory, and clears names that others are to have. Used by the link's loop only.</summary>
internal sealed class EntryMover(LinkScope scope, WriteRound round, TemporaryFiles temporaries)
{
    /// <summary>Moves what a row stands for to the entry's place.</summary>
    /// <returns>False: something is in the way; the entry's turn comes again.</returns>
    public bool TryMove(FileRow row, FileRow folder, EntryView view)
    {
        if (scope.Rows.Folder(row.Parent) is not { } home) return false;
        if (row.IsFolder && IsBelow(folder, row)) MoveOut(folder);
        using var from = scope.TryOpen(home);
        using var to = scope.TryOpen(folder);
        if (from is null || to is null || Libc.StatAt(from, row.Name.Bytes) is not { } before || !row.Seen.IsSameFile(before))
        {
            round.Disturbed(home, row.Name);
            round.Disturbed(folder, view);
            return false;
        }
        if (!TryClear(folder, view, row)) return false;
        try
        {
            Libc.Rename(from, row.Name.Bytes, to, view.ShownName.Bytes, RenameMode.NoReplace);
        }
        catch (ErrnoException e) when (e.Errno == ErrnoException.Exists)
        {
            round.Disturbed(folder, view);
            return false;
        }
        catch (ErrnoException e)
        {
            round.Failed(folder, view, e);
            return false;
        }
        Moved(row, folder, view.ShownName, to);
        return true;
    }

    /// <summary>
    /// Has a name cleared that another row has. Also when there is no file of that name: somebody has deleted it, which the scanner
    /// has to find before the name can be another row's.
    /// </summary>
    /// <param name="row">Of the entry; null when it has none yet.</param>
    /// <returns>False: the entry's turn comes again.</returns>
    public bool TryClear(FileRow folder, EntryView view, FileRow? row)
    {
        if (scope.Rows.Child(folder, view.ShownName) is not { } occupant || occupant.Id == row?.Id) return true;
        if (TryMoveAside(occupant, folder)) round.Enqueue(view.Id);
        else round.Disturbed(folder, view);
        return false;
    }

    /// <summary>Gives a known file that stands in the way a temporary name; its own turn comes.</summary>
    private bool TryMoveAside(FileRow occupant, FileRow folder)
    {
        // An entry that belongs just there stays: both want one name only for a moment.
        if (scope.Volume.Reader.Get(occupant.Entry) is { IsLive: true } view && view.ShownName == occupant.Name && scope.Rows.Folder(view.Parent)?.Id == folder.Id) return false;
        using var handle = scope.TryOpen(folder);
        if (handle is null || Libc.StatAt(handle, occupant.Name.Bytes) is not { } stat || !occupant.Seen.IsSameFile(stat)) return false;
        var name = temporaries.NewAsideName();
        Libc.Rename(handle, occupant.Name.Bytes, handle, name, RenameMode.NoReplace);
        if (Libc.StatAt(handle, name) is not { } after || !occupant.Seen.IsSameFile(after))
        {
            // Saved anew just before: the file of that name is not the known one.
            TemporaryFiles.PutBack(handle, name, occupant.Name);
            return false;
        }
        Moved(occupant, folder, EntryName.Create(name), handle);
        round.Enqueue(occupant.Entry);
        return true;
    }

    /// <summary>Moves a folder to the top, under a temporary name, out of the one that is to be moved into it; its own turn comes.</summary>
    private void MoveOut(FileRow folder)
    {
        if (scope.Rows.Folder(folder.Parent) is not { } home) return;
        using var from = scope.TryOpen(home);
        if (from is null || Libc.StatAt(from, folder.Name.Bytes) is not { } stat || !folder.Seen.IsSameFile(stat)) return;
        var name = temporaries.NewAsideName();
        Libc.Rename(from, folder.Name.Bytes, scope.Directory.Top, name, RenameMode.NoReplace);
        Moved(folder, scope.Rows.Root, EntryName.Create(name), scope.Directory.Top);
        round.Enqueue(folder.Entry);
    }

    private void Moved(FileRow row, FileRow folder, EntryName name, SafeFileHandle handle)
    {
        round.HasUnsyncedNames = true;
        row.Parent = folder.Id;
        row.Name = name;
        if (row.IsFolder) scope.Rules.Forget();
        if (Libc.StatAt(handle, name.Bytes) is { } after) row.Seen = row.Seen.AfterRename(after);
        scope.Rows.Defer(row);
    }

    private bool IsBelow(FileRow folder, FileRow top)
    {
        for (var at = folder; ; at = scope.Rows.Folder(at.Parent)!)
        {
            if (at.Id == top.Id) return true;
            if (scope.Rows.Folder(at.Parent) is null) return false;
        }
    }
}
