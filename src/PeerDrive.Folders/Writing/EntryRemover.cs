using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Watching;
using PeerDrive.Model.Revisions;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Writing;

/// <summary>Removes from a directory what is no more in the volume, unless it changed meanwhile. Used by the link's loop only.</summary>
internal sealed class EntryRemover(LinkScope scope, WriteRound round, TemporaryFiles temporaries, FolderWatches watches, FolderDates dates)
{
    /// <summary>Removes a file, or has all go that is in a folder; the folder goes by <see cref="RemoveEmptied"/>.</summary>
    public void Remove(FileRow row)
    {
        if (scope.Rows.Folder(row.Parent) is not { } folder || scope.Rows.PathOf(folder) is not { } path) return;
        if (scope.Rules.Of(folder).IsIgnored(RowTable.Join(path, row.Name), row.IsFolder)) return;
        dates.Keep(folder);
        if (row.IsFolder)
        {
            round.Emptied.Add(row);
            foreach (var child in scope.Rows.Children(row)) round.Enqueue(child.Entry);
            return;
        }
        using var handle = scope.TryOpen(folder);
        if (handle is null && scope.IsTaken(folder))
        {
            round.Disturbed(folder, row);
            return;
        }
        if (handle is null || Libc.StatAt(handle, row.Name.Bytes) is not { } before)
        {
            scope.Rows.DeferRemoval(row.Id);
            return;
        }
        if (!scope.IsAsSeen(row, before))
        {
            round.Disturbed(folder, row);
            return;
        }
        try
        {
            round.HasUnsyncedNames = true;
            var aside = temporaries.NewAsideName();
            Libc.Rename(handle, row.Name.Bytes, handle, aside, RenameMode.NoReplace);
            if (Libc.StatAt(handle, aside) is { } after && (row.Seen.HasSameBytes(after) || scope.IsDraft(row, after)))
            {
                RemoveAside(handle, aside, row);
                scope.Rows.DeferRemoval(row.Id);
                scope.Lender?.Note(row.Seen.Inode);
                return;
            }
            TemporaryFiles.PutBack(handle, aside, row.Name);
            round.Disturbed(folder, row);
        }
        catch (ErrnoException e)
        {
            round.Failed(row.Entry, $"'{EntryName.Display(RowTable.Join(path, row.Name))}' could not be removed: {e.Message}.");
        }
    }

    private static void RemoveAside(SafeFileHandle folder, byte[] aside, FileRow row)
    {
        try
        {
            TemporaryFiles.Remove(folder, aside);
        }
        catch (ErrnoException)
        {
            TemporaryFiles.PutBack(folder, aside, row.Name);
            throw;
        }
    }

    /// <summary>Removes the folders that lost everything; one that holds what the volume does not know stays.</summary>
    public void RemoveEmptied()
    {
        round.HasUnsyncedNames |= round.Emptied.Count > 0;
        foreach (var (row, path) in round.Emptied.Select(row => (row, Path: scope.Rows.PathOf(row))).Where(pair => pair.Path is not null).OrderByDescending(pair => pair.Path!.Length))
        {
            if (scope.Rows.Folder(row.Parent) is not { } folder || scope.Rows.Children(row).Count > 0) continue;
            using var handle = scope.TryOpen(folder);
            try
            {
                if (handle is not null) Libc.Unlink(handle, row.Name.Bytes, isFolder: true);
            }
            catch (ErrnoException e) when (e.Errno == ErrnoException.NotEmpty)
            {
                continue;
            }
            catch (ErrnoException e) when (e.Errno is ErrnoException.NotFound or ErrnoException.NotADirectory)
            {
            }
            catch (ErrnoException e)
            {
                round.Failed(row.Entry, $"'{EntryName.Display(path)}' could not be removed: {e.Message}.");
                continue;
            }
            watches.Remove(row);
            scope.Rows.DeferRemoval(row.Id);
        }
    }
}
