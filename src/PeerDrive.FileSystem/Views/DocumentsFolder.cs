using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

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
        return Views.Reader.EntriesOf(document) is [var entry, ..] && PathTo(entry) is { } path ? new AddressLink(Views, path) : null;
    }

    protected override IEnumerable<ViewLine> List() => [];

    /// <summary>From here to a folder; null: that lies nowhere.</summary>
    private ByteString? PathTo(EntryView entry)
    {
        const int deepest = 2000;
        var names = new Stack<byte[]>();
        for (var at = entry; ; at = Views.Reader.Require(at.Parent))
        {
            names.Push(at.ShownName.Bytes.ToArray());
            if (at.Parent == EntryId.Root) break;
            if (at.Parent == EntryId.LostAndFound || names.Count == deepest) return null;
        }
        return new ByteString([.. "../.."u8, .. names.SelectMany(name => name.Prepend((byte)'/'))]);
    }
}
