using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>
/// A folder of an old state of the tree, which is asked for when somebody looks into the folder; nothing here holds it.
/// </summary>
/// <param name="place">Name of the top of this state.</param>
/// <param name="folder">Its entry; null: that of <paramref name="document"/>.</param>
/// <param name="state">Null: the top of the tree.</param>
internal sealed class PastFolder(
    VolumeViews views, ViewKey key, ulong above, string place, PastKey past, EntryId? folder, DocumentId document, RevisionView? state) : ViewFolder(views, key, above)
{
    public override bool HasLastingNames => past.IsFinal;

    /// <param name="place">The name that it has.</param>
    public static PastFolder Top(VolumeViews views, string place, ulong above, PastKey past) =>
        new(views, new ViewKey(ViewKind.Past, $"{place}\n{past}"), above, place, past, EntryId.Root, default, null);

    /// <summary>A folder as the maker of a revision of it saw it.</summary>
    public static PastFolder OfRevision(VolumeViews views, string place, ulong above, RevisionView revision, DocumentId document) =>
        new(views, new ViewKey(ViewKind.Past, $"{place}\n{revision.Id}"), above, place, PastKey.Of(revision.Id), null, document, revision);

    public override NodeAttributes GetAttributes() => state is { } known ? Views.AttributesOf(Inode, known, FileKind.Folder) : Views.FolderAttributes(Inode, time: past.Moment);

    protected override ViewNode? Find(EntryName name)
    {
        var tree = Views.Past.Get(past);
        return In(tree) is { } own && tree.Find(own, name) is { } child ? NodeOf(child) : null;
    }

    protected override IEnumerable<ViewLine> List()
    {
        var tree = Views.Past.Get(past);
        if (In(tree) is not { } own) yield break;
        foreach (var child in tree.Children(own))
        {
            if (NodeOf(child) is { } node) yield return new ViewLine(child.ShownName, node);
        }
    }

    /// <summary>The folder's entry in a state; null: it was not there.</summary>
    private EntryId? In(PastTree tree) =>
        folder is not { } entry ? tree.EntryOf(document)?.Id : entry == EntryId.Root || tree.Find(entry) is { IsFolder: true } ? entry : null;

    /// <summary>Null: nothing was known then but the name.</summary>
    private ViewNode? NodeOf(PastEntry child)
    {
        if (child.Shown is not { } shown) return null;
        if (!child.IsFolder) return new RevisionNode(Views, shown);
        return new PastFolder(Views, new ViewKey(ViewKind.Past, $"{place}\n{past}\n{child.Id}\n{shown.Id}"), Inode, place, past, child.Id, child.Document, shown);
    }
}
