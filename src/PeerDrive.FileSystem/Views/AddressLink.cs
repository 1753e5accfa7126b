using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>A symbolic link to where a folder is now.</summary>
internal sealed class AddressLink(VolumeViews views, ByteString target) : ViewNode(views, new ViewKey(ViewKind.Address, Convert.ToHexString(target.Span)))
{
    public override FileKind FileKind => FileKind.SymbolicLink;

    /// <summary>A link to a folder; null: that lies nowhere.</summary>
    /// <param name="up">From where the link is to the volume's top folder.</param>
    public static AddressLink? To(VolumeViews views, EntryView folder, ReadOnlySpan<byte> up)
    {
        return EntryPaths.Of(views.Reader, folder) is { } path ? new AddressLink(views, new ByteString([.. up, .. path])) : null;
    }

    public override NodeAttributes GetAttributes() =>
        Views.FolderAttributes(Inode) with { Kind = FileKind.SymbolicLink, Permissions = 0x1FF, Size = target.Span.Length, Sectors = 0 };

    public override Outcome<ByteString> ReadTarget() => target;
}
