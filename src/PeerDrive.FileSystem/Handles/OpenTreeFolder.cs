using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Handles;

/// <summary>A folder of a volume's tree being read.</summary>
internal sealed class OpenTreeFolder(TreeNode folder) : OpenFolder
{
    private readonly VolumeTree tree = folder.Tree;
    private readonly List<DirectoryLine> lines = [];
    private readonly List<EntryView?> views = [];
    private long version = -1;
    private CatalogVersion listed;

    public override (ulong Own, ulong Above) Inodes => (folder.Inode, (folder.Parent ?? folder).Inode);

    public override IReadOnlyList<DirectoryLine> Lines
    {
        get
        {
            if (version < 0) Rewind();
            return lines;
        }
    }

    public override void Rewind()
    {
        lock (tree.Gate)
        {
            lines.Clear();
            views.Clear();
            version = folder.LinesVersion;
            foreach (var (name, placed) in folder.Added) Add(name, Kinds.Of(placed.Node.Kind), placed.Node.Inode, null);
            if (folder.Entry is not { } entry) return;
            listed = tree.Reader.Version;
            foreach (var view in tree.Reader.List(entry))
            {
                if (view.Shown is not { } shown || tree.IsMoved(view.Id) || folder.Added.ContainsKey(view.ShownName) || folder.LeadsToViews(view.ShownName)) continue;
                Add(view.ShownName, Kinds.Of(shown.Kind), tree.InodeOf(view), view);
            }
        }
    }

    public override NodeView? LookUp(int line)
    {
        lock (tree.Gate)
        {
            var name = lines[line].Name;
            // What the volume had when reading began is still so as long as nothing in the folder changed, and nothing was committed.
            var isSame = folder.LinesVersion == version && tree.Reader.Version == listed;
            var placed = isSame && views[line] is { } view && !tree.IsMoved(view.Id) ? tree.Placed(folder, view) : tree.Find(folder, name);
            if (placed is null) return null;
            var node = tree.Attach(placed.Node, new Place(folder, name));
            return new NodeView(node.Id, node.Generation, tree.Attributes.GetLocked(node));
        }
    }

    private void Add(EntryName name, Native.Files.FileKind kind, ulong inode, EntryView? view)
    {
        lines.Add(new DirectoryLine(name, kind, inode));
        views.Add(view);
    }
}
