using PeerDrive.Model.Identifiers;
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
        const int deepest = 2000;
        var names = new Stack<byte[]>();
        for (var at = folder; ; at = views.Reader.Require(at.Parent))
        {
            names.Push(at.ShownName.Bytes.ToArray());
            if (at.Parent == EntryId.Root) break;
            if (at.Parent == EntryId.LostAndFound || names.Count == deepest) return null;
        }
        return new AddressLink(views, new ByteString([.. up, .. names.SelectMany(name => name.Prepend((byte)'/'))]));
    }

    public override NodeAttributes GetAttributes() =>
        Views.FolderAttributes(Inode) with { Kind = FileKind.SymbolicLink, Permissions = 0x1FF, Size = target.Span.Length, Sectors = 0 };

    public override Outcome<ByteString> ReadTarget() => target;
}
