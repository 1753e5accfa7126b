using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Api;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Volumes;

/// <summary>Makes versions of what somebody without a mount writes.</summary>
internal static class FileWrites
{
    private const uint NewFileMode = 0x1A4;
    private const int MaxDepth = 64;

    /// <summary>The plain path at which a file can be written, as far as that can be said before its bytes are here.</summary>
    /// <param name="path">Or an address.</param>
    /// <exception cref="PeerDriveException">Invalid: no path of names. What <see cref="VolumePaths.PlainPath(Volume, string)"/> throws.</exception>
    public static string Path(Volume volume, string path)
    {
        var plain = VolumePaths.PlainPath(volume, path);
        var names = plain.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return names.Length > 0 && names.All(name => EntryName.IsValid(EntryName.FromDisplay(name))) ? plain : throw new PeerDriveException(ErrorKind.Invalid, $"'{path}' is no path of a file.");
    }

    /// <summary>Continues the file at a path, or makes one.</summary>
    /// <param name="content">Is here already.</param>
    /// <param name="mayBeThere">The same write may have been done before the node ended: when the file has these bytes and this time, it was.</param>
    /// <exception cref="PeerDriveException">Conflict: something else is there than was seen. NotFound: no such folder. IsAFolder. LimitExceeded.</exception>
    public static async Task<EntryId> CommitAsync(Volume volume, FileWrite write, Content content, TimeProvider time, bool mayBeThere = false)
    {
        var modified = EntryViews.Nanoseconds(write.Modified ?? time.GetUtcNow());
        EntryView? written = null;
        await volume.CommitAsync(edit =>
        {
            var entry = volume.Reader.Resolve(EntryName.FromDisplay(write.Path), out var found);
            if (found && entry is not { IsFolder: false }) throw new PeerDriveException(ErrorKind.IsAFolder, $"'{write.Path}' is a folder.");
            if (mayBeThere && entry?.Shown is { } there && there.Content == content && (write.Modified is null || there.Mtime == modified))
            {
                written = entry;
                return;
            }
            RequireAsSeen(write, entry);
            if (entry is null)
            {
                if (write.MakesFolders) MakeAbove(volume, edit, write.Path);
                var (above, name) = VolumePaths.RequireFree(volume, write.Path);
                written = edit.Create(above, name, new RevisionState { Kind = DocumentKind.File, Mode = NewFileMode, Content = content, Mtime = modified }, write.Comment);
                return;
            }
            if (entry.Shown is { } other && other.Kind != DocumentKind.File) throw new PeerDriveException(ErrorKind.Invalid, $"'{write.Path}' is a {EntryViews.KindText(other.Kind)}, and no file that could be written. Write to what it leads to, or delete it first.");
            // What is known of the file beside its bytes stays.
            var state = entry.Shown is { } shown ? HistoryRoutes.Load(volume, shown.Id).State : new RevisionState { Kind = DocumentKind.File, Mode = NewFileMode };
            edit.Revise(entry.Id, state with { Content = content, Mtime = modified }, default, write.Comment);
            written = entry;
        }).ConfigureAwait(false);
        return written!.Id;
    }

    private static void RequireAsSeen(FileWrite write, EntryView? entry)
    {
        var isSeen = write.Seen switch
        {
            "" => true,
            FileWrite.Nothing => entry is null,
            var seen => entry?.Shown?.Id.ToHex() == seen,
        };
        if (!isSeen) throw new PeerDriveException(ErrorKind.Conflict, $"'{write.Path}' is {(entry is null ? "not there any more" : "not as it was when you looked")}; look again.");
    }

    /// <summary>Makes the folders that a path goes through and that are not there.</summary>
    private static void MakeAbove(Volume volume, VolumeEdit edit, string path)
    {
        if (path.Count(letter => letter == '/') > MaxDepth) throw new PeerDriveException(ErrorKind.LimitExceeded, $"'{path}' goes through more than {MaxDepth} folders.");
        NewFolders.Require(volume, edit, EntryName.FromDisplay(path[..Math.Max(0, path.LastIndexOf('/'))]));
    }
}
