using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Common;

/// <summary>A folder of a common tree.</summary>
/// <param name="above">Number of the folder that it lies in.</param>
internal sealed class CommonDirectory(CommonNodes nodes, string key, ulong above, CommonFolder folder) : CommonNode(nodes, key)
{
    private volatile CommonFolder folder = folder;

    public override FileKind FileKind => FileKind.Folder;

    public override NodeAttributes GetAttributes() => Nodes.FolderAttributes(Inode, folder.Mtime);

    public override Outcome<Node> LookUp(EntryName name) => folder.Find(name) is { } entry ? Nodes.Attach(Nodes.NodeOf(entry, this)) : ErrorKind.NotFound;

    public override Outcome<OpenFolder> OpenFolder() => Nodes.Open(Lines, (Inode, above));

    /// <summary>Sources may have come and gone.</summary>
    public override void Adopt(CommonNode found) => folder = ((CommonDirectory)found).folder;

    private IEnumerable<(EntryName Name, CommonNode Node)> Lines() => folder.List().Select(entry => (entry.Name, Nodes.NodeOf(entry, this)));
}
