using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>What is in conflict, by path, each a folder of its heads.</summary>
internal sealed class ConflictsFolder(VolumeViews views, ViewKey key, ulong above) : ViewFolder(views, key, above)
{
    public override NodeAttributes GetAttributes() => Views.FolderAttributes(Inode, isPrivate: true);

    protected override ViewNode? Find(EntryName name) => List().FirstOrDefault(line => line.Name == name).Node;

    protected override IEnumerable<ViewLine> List() => Views.Reader.Conflicts().Where(entry => entry.Shown is not null)
        .Select(entry => new ViewLine(Views.Names.OfPath(entry), NodeOf(entry)));

    private FileHistory NodeOf(EntryView entry) => new(Views, ViewKind.Conflict, Inode, entry.Id, headsOnly: true);
}
