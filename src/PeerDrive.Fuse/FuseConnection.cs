using Microsoft.Win32.SafeHandles;
using PeerDrive.Fuse.Devices;

namespace PeerDrive.Fuse;

/// <summary>What a file system can ask of the kernel while it is mounted.</summary>
public sealed class FuseConnection
{
    /// <summary>An offset below 0 leaves what is cached of the content alone.</summary>
    private const long AttributesOnly = -1;

    private readonly FuseDevice device;

    internal FuseConnection(FuseDevice device, FuseNotifier notifier, bool hasPassthrough)
    {
        this.device = device;
        Notifier = notifier;
        HasPassthrough = hasPassthrough;
    }

    /// <summary>Tells the kernel what changed behind its back.</summary>
    public FuseNotifier Notifier { get; }

    /// <summary>The kernel can read and write files by itself.</summary>
    public bool HasPassthrough { get; }

    /// <summary>
    /// The kernel asks for a node's attributes again. The one message that an operation may send itself: it takes no lock that an
    /// operation can hold, and counts before the operation's own reply. For what an operation changes besides what it was
    /// asked to, as when a write clears set-user bits.
    /// </summary>
    public void ForgetAttributes(ulong node) => device.Write(FuseNotifier.Message(node, AttributesOnly, 0));

    /// <summary>
    /// Registers an open file as what lies behind a node, for <see cref="FuseOpenReply.Passthrough"/>. The file may be closed
    /// afterwards. One id per node; close it when the node's last open file is released. It must lie on a plain file system.
    /// </summary>
    public FuseResult<int> OpenBacking(SafeFileHandle file) => HasPassthrough ? device.OpenBacking(file) : Errno.NotSupported;

    public Errno CloseBacking(int id) => device.CloseBacking(id);
}
