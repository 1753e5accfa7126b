using PeerDrive.Folders.Rows;
using PeerDrive.Native;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Writing;

/// <summary>The times of folders, which writing in them changes. Used by the link's loop only.</summary>
internal sealed class FolderDates(LinkScope scope)
{
    private readonly Dictionary<long, (FileRow Folder, long Mtime)> dated = [];

    /// <summary>A folder is to have a time in the end.</summary>
    public void Set(FileRow folder, long mtime) => dated[folder.Id] = (folder, mtime);

    /// <summary>Before something is written in a folder: its time comes back afterwards if it is its revision's now.</summary>
    public void Keep(FileRow folder)
    {
        if (folder.Id == scope.Rows.Root.Id || dated.ContainsKey(folder.Id) || folder.Revision is not { } revision) return;
        using var handle = scope.TryOpen(folder);
        if (handle is not null && scope.Volume.Reader.Revision(revision)?.State.Mtime is { } mtime && Libc.Stat(handle).Mtime == mtime) dated[folder.Id] = (folder, mtime);
    }

    /// <summary>Gives folders the time of their revision again, once all that was to be written in them is there.</summary>
    public void Apply()
    {
        foreach (var (row, mtime) in dated.Values)
        {
            if (scope.Rows.Folder(row.Parent) is not { } parent) continue;
            using var home = scope.TryOpen(parent);
            try
            {
                if (home is not null && Libc.StatAt(home, row.Name.Bytes) is { } now && row.Seen.IsSameFile(now)) Libc.SetMtime(home, row.Name.Bytes, mtime);
            }
            catch (ErrnoException)
            {
                // Somebody else's folder: it keeps the time that it has.
            }
        }
        dated.Clear();
    }
}
