using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Common;

/// <summary>A folder for each group in which something is offered.</summary>
internal sealed class CommonTop(CommonNodes nodes) : CommonNode(nodes, "")
{
    private const ulong AboveInode = 1;

    public override FileKind FileKind => FileKind.Folder;

    public override NodeAttributes GetAttributes() => Nodes.FolderAttributes(Inode, 0, isTop: true);

    public override Outcome<Node> LookUp(EntryName name) => Lines().FirstOrDefault(line => line.Name == name).Node is { } node ? Nodes.Attach(node) : ErrorKind.NotFound;

    public override Outcome<OpenFolder> OpenFolder() => Nodes.Open(Lines, (Inode, AboveInode));

    private IEnumerable<(EntryName Name, CommonNode Node)> Lines()
    {
        var used = new HashSet<EntryName>();
        foreach (var view in Nodes.Views().OrderBy(view => view.Group))
        {
            var id = view.Group.ToHex();
            var name = DriveFolder.NameOf(view.Name, "");
            if (!used.Add(name)) used.Add(name = DriveFolder.NameOf(view.Name, $" ({id[..8]})"));
            yield return (name, new CommonDirectory(Nodes, id, Inode, view.Top));
        }
    }
}
