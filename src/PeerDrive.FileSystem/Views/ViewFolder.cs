using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Views;

/// <summary>A folder of the views.</summary>
/// <param name="above">Number of the folder that it lies in.</param>
internal abstract class ViewFolder(VolumeViews views, ViewKey key, ulong above) : ViewNode(views, key)
{
    public override FileKind FileKind => FileKind.Folder;

    public override bool HasLastingNames => false;

    public override NodeAttributes GetAttributes() => Views.FolderAttributes(Inode);

    public override Outcome<Node> LookUp(EntryName name) => Find(name) is { } node ? Views.Attach(node) : ErrorKind.NotFound;

    public override Outcome<OpenFolder> OpenFolder() => Open(List);

    /// <summary>What a name leads to, listed or not; null: nothing.</summary>
    protected abstract ViewNode? Find(EntryName name);

    /// <summary>What is shown to whoever reads the folder.</summary>
    protected abstract IEnumerable<ViewLine> List();

    protected OpenFolder Open(Func<IEnumerable<ViewLine>> list) => new OpenListing<ViewNode>(
        () => list().Select(line => (new DirectoryLine(line.Name, line.Node.FileKind, line.Node.Inode), line.Node)), Views.Attach, (Inode, above), HasLastingNames);
}
