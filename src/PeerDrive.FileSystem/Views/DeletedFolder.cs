using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>A deleted folder with what was deleted in it, then or before. Of several deleted entries of one name each tells when it was deleted.</summary>
internal sealed class DeletedFolder(VolumeViews views, ulong above, EntryId folder, RevisionView state) : ViewFolder(views, new ViewKey(ViewKind.Deleted, folder.ToHex()), above)
{
    public static ViewNode NodeOf(VolumeViews views, EntryView entry, ulong above) =>
        entry.IsFolder ? new DeletedFolder(views, above, entry.Id, entry.Shown!.Value) : new RevisionNode(views, entry.Shown!.Value);

    public override NodeAttributes GetAttributes() => Views.AttributesOf(Inode, state, FileKind.Folder);

    protected override ViewNode? Find(EntryName name)
    {
        if (Views.Reader.DeletedIn(folder, name) is [{ Shown: not null } only]) return NodeOf(Views, only, Inode);
        foreach (var entry in Views.Names.DeletedNamed(name))
        {
            if (entry.Parent == folder && Views.Names.OfDeleted(entry, withPath: false) == name) return NodeOf(Views, entry, Inode);
        }
        return null;
    }

    protected override IEnumerable<ViewLine> List() =>
        from same in Views.Reader.DeletedIn(folder).GroupBy(entry => entry.Name)
        let isOnly = same.Count() == 1
        from entry in same
        where entry.Shown is not null
        select new ViewLine(isOnly ? entry.Name : Views.Names.OfDeleted(entry, withPath: false), NodeOf(Views, entry, Inode));
}
