namespace PeerDrive.FileSystem.Trees;

/// <summary>A file that was renamed as a program does that keeps the old version aside.</summary>
internal sealed class MovedAway(VolumeTree tree, PlacedName name, Place from, long when)
{
    private readonly TreeNode node = name.Node;

    public Place From => from;

    public long When => when;

    /// <summary>It still has the one name that it was moved to.</summary>
    public bool IsStillThere => node.Names == 1 && node.Document is not null && tree.FindDocument(node.Document.Value) == node;

    /// <summary>A new file at the old place continues the history; the one that was moved away goes on as a document of its own.</summary>
    public void ContinueWith(TreeNode saved, Place place)
    {
        // The entry may have been committed since, and is another object then.
        var there = name.Node == node && name.Current is not null ? tree.Find(name.Current.Value.Folder, name.Current.Value.Name) : null;
        if (there is null || there.Node != node)
        {
            tree.Put(new PlacedName(saved), place);
            return;
        }
        var backup = there.Current!.Value;
        tree.Put(there, null);
        SavePatterns.Continue(tree, saved, node, there);
        tree.Put(there, place);
        tree.Put(new PlacedName(node), backup);
        tree.Change(node);
    }
}
