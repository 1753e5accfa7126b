using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Volumes;

/// <summary>Makes the folders that a path needs.</summary>
internal static class NewFolders
{
    /// <summary>What a folder is that nobody said anything of.</summary>
    public static RevisionState State { get; } = new() { Kind = DocumentKind.Folder, Mode = 0x1ED };

    /// <summary>Makes the folders of a path that are missing, in a commit when there are any.</summary>
    /// <exception cref="PeerDriveException">NotAFolder, or Forbidden where this device may not write.</exception>
    public static async Task<EntryId> RequireAsync(Volume volume, string path)
    {
        var bytes = EntryName.FromDisplay(VolumePaths.PlainPath(volume, path));
        if (volume.Reader.Resolve(bytes, out var found) is { } known)
            return known.IsFolder ? known.Id : throw new PeerDriveException(ErrorKind.NotAFolder, $"'{path}' is not a folder of the volume.");
        if (found) return EntryId.Root;
        var made = EntryId.Root;
        await volume.CommitAsync(edit => made = Require(volume, edit, bytes)).ConfigureAwait(false);
        return made;
    }

    /// <summary>Makes the folders of a path that are missing, as a part of a commit.</summary>
    /// <exception cref="PeerDriveException">NotAFolder; Invalid: a part of it cannot be a name.</exception>
    public static EntryId Require(Volume volume, VolumeEdit edit, ReadOnlySpan<byte> path)
    {
        var at = EntryId.Root;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8)) continue;
            var name = EntryName.Create(part);
            var there = volume.Reader.Find(at, name) ?? edit.Create(at, name, State);
            if (!there.IsFolder) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{there.ShownName}' is not a folder of the volume.");
            at = there.Id;
        }
        return at;
    }
}
