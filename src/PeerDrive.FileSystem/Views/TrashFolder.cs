using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>Deleted entries. What was deleted in a deleted folder is found in that.</summary>
internal sealed class TrashFolder(VolumeViews views, ViewKey key, ulong above) : ViewFolder(views, key, above)
{
    /// <summary>Those placed last; others are there under their names.</summary>
    private const int Listed = 2000;

    public override NodeAttributes GetAttributes() => Views.FolderAttributes(Inode, isPrivate: true);

    protected override ViewNode? Find(EntryName name)
    {
        foreach (var entry in Views.Names.DeletedNamed(name))
        {
            if (Views.Names.OfDeleted(entry, withPath: true) == name) return DeletedFolder.NodeOf(Views, entry, Inode);
        }
        return null;
    }

    protected override IEnumerable<ViewLine> List() => Views.Reader.TrashTops(Listed).Where(entry => entry.Shown is not null)
        .Select(entry => new ViewLine(Views.Names.OfDeleted(entry, withPath: true), DeletedFolder.NodeOf(Views, entry, Inode)));
}
