using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Views;

/// <summary>Revisions by the beginning of their ids.</summary>
internal sealed class RevisionsFolder(VolumeViews views, ViewKey key, ulong above) : ViewFolder(views, key, above)
{
    public override NodeAttributes GetAttributes() => Views.FolderAttributes(Inode, isPrivate: true);

    protected override ViewNode? Find(EntryName name)
    {
        var text = name.ToString();
        if (!ViewNames.IsIdPrefix(text, RevisionId.Size) || Views.Reader.RevisionsStarting(text) is not [var revision]) return null;
        if (revision.Kind != DocumentKind.Folder) return new RevisionNode(Views, revision);
        return Views.Reader.Revision(revision.Id) is { } whole ? Views.NodeOf(revision, whole.Document, $"rev/{text}", Inode) : null;
    }

    protected override IEnumerable<ViewLine> List() => [];
}
