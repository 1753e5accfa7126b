using PeerDrive.FileSystem.Handles;

namespace PeerDrive.FileSystem.Views;

/// <summary>A folder of the views being read.</summary>
internal sealed class OpenViewFolder(VolumeViews views, Func<IEnumerable<ViewLine>> list, (ulong Own, ulong Above) inodes, bool hasLastingNames) : OpenFolder
{
    private ViewLine[]? shown;
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
        var node = views.Attach(shown![line].Node);
        return new NodeView(node.Id, node.Generation, node.GetAttributes(), hasLastingNames);
    }
}
