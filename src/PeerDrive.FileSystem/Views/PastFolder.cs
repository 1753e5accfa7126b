using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>
/// A folder of an old state of the tree. The state is computed when somebody looks into the folder, and again when it was dropped or something came that
/// changes it; nothing here holds it.
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

    public override ValueTask<Outcome<Node>> LookUpAsync(EntryName name)
    {
        var computed = Views.Past.GetAsync(past);
        return computed.IsCompletedSuccessfully ? new(LookUp(computed.Result, name)) : LaterAsync(this, computed, name);

        static async ValueTask<Outcome<Node>> LaterAsync(PastFolder folder, Task<PastTree> computed, EntryName name) => folder.LookUp(await computed.ConfigureAwait(false), name);
    }

    public override ValueTask<Outcome<OpenFolder>> OpenFolderAsync()
    {
        var computed = Views.Past.GetAsync(past);
        return computed.IsCompletedSuccessfully ? new(Open(() => List(computed.Result))) : LaterAsync();

        async ValueTask<Outcome<OpenFolder>> LaterAsync()
        {
            var tree = await computed.ConfigureAwait(false);
            return Open(() => List(tree));
        }
    }

    /// <summary>Waits for what has to be computed.</summary>
    public override Outcome<Node> LookUp(EntryName name) => LookUpAsync(name).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc cref="LookUp(EntryName)"/>
    public override Outcome<OpenFolder> OpenFolder() => OpenFolderAsync().AsTask().GetAwaiter().GetResult();

    protected override ViewNode? Find(EntryName name) => Find(Views.Past.GetAsync(past).GetAwaiter().GetResult(), name);

    protected override IEnumerable<ViewLine> List() => List(Views.Past.GetAsync(past).GetAwaiter().GetResult());

    private Outcome<Node> LookUp(PastTree tree, EntryName name) => Find(tree, name) is { } node ? Views.Attach(node) : ErrorKind.NotFound;

    private ViewNode? Find(PastTree tree, EntryName name) => In(tree) is { } own && tree.Find(own, name) is { } child ? NodeOf(tree, child) : null;

    private IEnumerable<ViewLine> List(PastTree tree)
    {
        if (In(tree) is not { } own) yield break;
        foreach (var child in tree.Children(own))
        {
            if (NodeOf(tree, child) is { } node) yield return new ViewLine(tree.ShownName(child), node);
        }
    }

    /// <summary>The folder's entry in a state; null: it was not there.</summary>
    private EntryId? In(PastTree tree) => folder is not { } entry ? tree.EntryOf(document) : entry == EntryId.Root || tree.Find(entry) is { IsFolder: true } ? entry : null;

    /// <summary>Null: nothing was known then but the name.</summary>
    private ViewNode? NodeOf(PastTree tree, EntryId child)
    {
        var entry = tree.Find(child)!;
        if (tree.ShownOf(entry.Document) is not { } shown || Views.Reader.FindRevision(shown) is not { } revision) return null;
        if (!entry.IsFolder) return new RevisionNode(Views, revision);
        return new PastFolder(Views, new ViewKey(ViewKind.Past, $"{place}\n{past}\n{child}\n{shown}"), Inode, place, past, child, entry.Document, revision);
    }
}
