using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Trees;

/// <summary>A file that was renamed as a program does that keeps the old version aside. The kernel may have forgotten its node since.</summary>
internal sealed class MovedAway(VolumeTree tree, PlacedName name, Place to, long when)
{
    private readonly Place from = name.Current!.Value;
    private readonly TreeNode node = name.Node;
    private readonly DocumentLine line = name.Node.Line;

    public long When => when;

    public bool WasAt(TreeNode folder, EntryName place) =>
        place == from.Name && (folder == from.Folder || (folder.Entry is { } entry && entry == from.Folder.Entry));

    /// <summary>The name that it was moved to; null: it has not just that one any more.</summary>
    public PlacedName? Find()
    {
        var folder = to.Folder.Entry is { } entry ? tree.FolderOf(entry) ?? to.Folder : to.Folder;
        if (tree.Find(folder, to.Name) is not { Node: { Names: 1, Document: { } document } found } there) return null;
        return found == node || document == line.Document ? there : null;
    }
}
