using Microsoft.Win32.SafeHandles;
using PeerDrive.Folders.Rows;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Writing;

/// <summary>
/// Clears up what a round of writing that broke off left under names of ours. What we wrote goes; a file of the volume that was only
/// moved aside, and whatever else is there, stays. Used by the link's loop only.
/// </summary>
internal sealed class Leftovers(LinkScope scope)
{
    /// <returns>The row of a file that was moved aside before that was noted; null when there is none.</returns>
    public FileRow? Settle(FileRow folder, SafeFileHandle handle, byte[] name)
    {
        if (!DirectoryNames.IsTemporary(name) && !DirectoryNames.IsAside(name)) return null;
        if (Libc.StatAt(handle, name) is not { } stat || scope.Rows.Child(folder, EntryName.Create(name)) is not null) return null;
        if (DirectoryNames.IsTemporary(name) && stat.Kind != FileKind.Folder)
        {
            // Exchanged with what replaces it, it may be a file of the volume in which a program has saved since.
            if (scope.Rows.ByInode(stat.Inode).Find(row => row.Seen.IsSameFile(stat) && !row.Seen.HasSameBytes(stat)) is { } edited) TemporaryFiles.PutBack(handle, name, edited.Name);
            else TemporaryFiles.Remove(handle, name);
            return null;
        }
        if (scope.Rows.ByInode(stat.Inode).Find(row => row.Seen.IsSameFile(stat) && !scope.IsInPlace(row)) is not { } owner)
        {
            TemporaryFiles.PutBack(handle, name, EntryName.Create("recovered"u8));
            return null;
        }
        if (owner.Parent == folder.Id && scope.Volume.Reader.Get(owner.Entry) is not { IsLive: true })
        {
            // It was to be removed: that begins anew.
            TemporaryFiles.PutBack(handle, name, owner.Name);
            return null;
        }
        scope.Rows.SaveMoved(owner, folder, EntryName.Create(name));
        if (owner.IsFolder) scope.Rules.Forget();
        return owner;
    }
}
