using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>A folder of the tree in which every file is a folder of its revisions.</summary>
internal sealed class HistoryFolder(VolumeViews views, string text, ulong above, EntryId folder) : ViewFolder(views, new ViewKey(ViewKind.History, text), above)
{
    public override NodeAttributes GetAttributes() => Views.Reader.Get(folder)?.Shown is { } shown
        ? Views.AttributesOf(Inode, shown, FileKind.Folder) with { IsLasting = false }
        : Views.FolderAttributes(Inode);

    protected override ViewNode? Find(EntryName name) => Views.Reader.Find(folder, name) is { Shown: not null } entry ? NodeOf(entry) : null;

    protected override IEnumerable<ViewLine> List() =>
        Views.Reader.List(folder).Where(entry => entry.Shown is not null).Select(entry => new ViewLine(entry.ShownName, NodeOf(entry)));

    private ViewFolder NodeOf(EntryView entry) =>
        entry.IsFolder ? new HistoryFolder(Views, entry.Id.ToHex(), Inode, entry.Id) : new FileHistory(Views, ViewKind.FileHistory, Inode, entry.Id, headsOnly: false);
}
