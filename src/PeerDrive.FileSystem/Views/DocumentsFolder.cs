using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Views;

/// <summary>Documents by the beginning of their ids, wherever they are now: files as they are shown, also when they were deleted; folders as a link to their place.</summary>
internal sealed class DocumentsFolder(VolumeViews views, ViewKey key, ulong above) : ViewFolder(views, key, above)
{
    public override NodeAttributes GetAttributes() => Views.FolderAttributes(Inode, isPrivate: true);

    protected override ViewNode? Find(EntryName name)
    {
        var text = name.ToString();
        if (!ViewNames.IsIdPrefix(text, DocumentId.Size) || Views.Reader.DocumentsStarting(text) is not [var document]) return null;
        if (Views.Reader.Heads(document) is not [var shown, ..]) return null;
        if (shown.Kind != DocumentKind.Folder) return new RevisionNode(Views, shown);
        return Views.Reader.EntriesOf(document) is [var entry, ..] ? AddressLink.To(Views, entry, "../.."u8) : null;
    }

    protected override IEnumerable<ViewLine> List() => [];
}
