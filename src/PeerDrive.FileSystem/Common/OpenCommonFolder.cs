using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Common;

/// <summary>A folder of the common trees being read.</summary>
internal sealed class OpenCommonFolder(CommonNodes nodes, Func<IEnumerable<(EntryName Name, CommonNode Node)>> list, (ulong Own, ulong Above) inodes) : OpenFolder
{
    private (EntryName Name, CommonNode Node)[]? shown;
    private DirectoryLine[] lines = [];

    public override (ulong Own, ulong Above) Inodes => inodes;

    public override IReadOnlyList<DirectoryLine> Lines
    {
        get
        {
            if (shown is null) Rewind();
            return lines;
        }
    }

    public override void Rewind()
    {
        shown = [.. list()];
        lines = [.. shown.Select(line => new DirectoryLine(line.Name, line.Node.FileKind, line.Node.Inode))];
    }

    public override NodeView? LookUp(int line)
    {
        var node = nodes.Attach(shown![line].Node);
        return new NodeView(node.Id, node.Generation, node.GetAttributes(), IsNameLasting: false);
    }
}
