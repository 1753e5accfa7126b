using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Views;

/// <summary>A symbolic link to where a folder is now.</summary>
internal sealed class AddressLink(VolumeViews views, ByteString target) : ViewNode(views, new ViewKey(ViewKind.Address, Convert.ToHexString(target.Span)))
{
    public override FileKind FileKind => FileKind.SymbolicLink;

    public override NodeAttributes GetAttributes() =>
        Views.FolderAttributes(Inode) with { Kind = FileKind.SymbolicLink, Permissions = 0x1FF, Size = target.Span.Length, Sectors = 0 };

    public override Outcome<ByteString> ReadTarget() => target;
}
