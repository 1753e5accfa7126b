namespace PeerDrive.FileSystem.Handles;

/// <summary>A folder being read whose nodes are made when it is looked at: of the views, or of the common trees.</summary>
/// <param name="attach">Counts a look-up of a node, or of another one that is kept in its place.</param>
internal sealed class OpenListing<T>(Func<IEnumerable<(DirectoryLine Line, T Node)>> list, Func<T, Node> attach, (ulong Own, ulong Above) inodes, bool hasLastingNames)
    : OpenFolder where T : Node
{
    private (DirectoryLine Line, T Node)[]? shown;
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
        lines = [.. shown.Select(line => line.Line)];
    }

    public override NodeView? LookUp(int line)
    {
        var node = attach(shown![line].Node);
        return new NodeView(node.Id, node.Generation, node.GetAttributes(), hasLastingNames);
    }
}
