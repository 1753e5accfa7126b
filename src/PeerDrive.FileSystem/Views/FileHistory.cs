using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>The revisions of one document, or just its heads, under names that stay the same in both. A number alone leads there too, unlisted.</summary>
internal sealed class FileHistory(VolumeViews views, ViewKind kind, ulong above, EntryId entry, bool headsOnly) : ViewFolder(views, new ViewKey(kind, entry.ToHex()), above)
{
    private const uint Reading = 0x124, OwnerWriting = 0x80;

    /// <summary>Who may read the file may look at its history.</summary>
    public override NodeAttributes GetAttributes()
    {
        if (Views.Reader.Get(entry)?.Shown is not { } shown) return Views.FolderAttributes(Inode) with { IsLasting = false };
        var reading = shown.Kind == DocumentKind.SymbolicLink ? Reading : shown.Mode & Reading;
        return Views.AttributesOf(Inode, shown, FileKind.Folder) with { Permissions = reading | (reading >> 2) | OwnerWriting, DeviceNumber = 0, IsLasting = false };
    }

    protected override ViewNode? Find(EntryName name)
    {
        if (ViewNames.NumberOf(name) is not { } number || Document is not { } document) return null;
        var history = Views.Reader.History(document);
        if (number > history.Count) return null;
        var revision = history[^number];
        if (headsOnly && !revision.IsHead) return null;
        var isNumber = !name.Bytes.Contains((byte)' ');
        return isNumber || Views.Names.OfRevision(number, revision) == name ? NodeOf(number, revision, document) : null;
    }

    protected override IEnumerable<ViewLine> List()
    {
        if (Document is not { } document) yield break;
        var history = Views.Reader.History(document);
        for (var number = 1; number <= history.Count; number++)
        {
            var revision = history[^number];
            if (!headsOnly || revision.IsHead) yield return new ViewLine(Views.Names.OfRevision(number, revision), NodeOf(number, revision, document));
        }
    }

    private DocumentId? Document => Views.Reader.Get(entry)?.Document;

    private ViewNode NodeOf(int number, RevisionView revision, DocumentId document) => Views.NodeOf(revision, document, $"{Key.Kind}/{Key.Text}/{number}", Inode);
}
