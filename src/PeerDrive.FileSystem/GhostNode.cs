using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem;

/// <summary>Stands for what is gone, while its end is repeated for who watches the folder.</summary>
internal sealed class GhostNode(NodeTable table, NodeAttributes attributes) : Node
{
    /// <summary>No volume's files and no view has it.</summary>
    public const ulong Inode = ulong.MaxValue;

    public static NodeAttributes AttributesOf(FileKind kind, uint uid, uint gid, long now) =>
        new(Inode, kind, 0x180, 1, uid, gid, 0, 0, now, now, now, 0, IsLasting: false);

    public override NodeAttributes GetAttributes() => attributes;

    public override void Forget(ulong count) => table.Detach(this, count);
}
