using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Common;

/// <summary>A node of the common trees. Nothing of it can be changed.</summary>
/// <param name="key">What makes two nodes the same one.</param>
internal abstract class CommonNode(CommonNodes nodes, string key) : Node
{
    public string Key => key;

    public ulong Inode { get; } = CommonNodes.InodeOf(key);

    public abstract FileKind FileKind { get; }

    public override bool HasLastingNames => false;

    protected CommonNodes Nodes => nodes;

    public override void Forget(ulong count) => nodes.Forget(this, count);

    /// <summary>The same node was found again: what it shows may have changed.</summary>
    public virtual void Adopt(CommonNode found)
    {
    }
}
