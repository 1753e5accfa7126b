using Microsoft.Win32.SafeHandles;
using PeerDrive.Fuse.Devices;

namespace PeerDrive.Fuse;

/// <summary>What a file system can ask of the kernel while it is mounted.</summary>
public sealed class FuseConnection
{
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
    /// Registers an open file as what lies behind a node, for <see cref="FuseOpenReply.Passthrough"/>. The file may be closed
    /// afterwards. One id per node; close it when the node's last open file is released. It must lie on a plain file system.
    /// </summary>
    public FuseResult<int> OpenBacking(SafeFileHandle file) => HasPassthrough ? device.OpenBacking(file) : Errno.NotSupported;

    public Errno CloseBacking(int id) => device.CloseBacking(id);
}
