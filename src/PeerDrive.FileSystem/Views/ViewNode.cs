using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Views;

/// <summary>A node of a volume's views. Nothing of it can be changed.</summary>
internal abstract class ViewNode(VolumeViews views, ViewKey key) : Node
{
    private ulong inode;

    public ViewKey Key => key;

    public ulong Inode => inode == 0 ? inode = key.InodeIn(views.Volume.Id) : inode;

    public abstract FileKind FileKind { get; }

    protected VolumeViews Views => views;

    public override void Forget(ulong count) => views.Forget(this, count);
}
