using Microsoft.Win32.SafeHandles;
using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Examples.Passthrough;

/// <summary>A file of the directory behind the mount, held by a descriptor that is good for nothing but naming it (O_PATH).</summary>
internal sealed class PassthroughNode(ulong id, SafeFileHandle handle, FileStat stat)
{
    public ulong Id => id;

    public SafeFileHandle Handle => handle;

    /// <summary>Device and number, which tell that two names are of one file.</summary>
    public (ulong Device, ulong Inode) Key => (stat.Device, stat.Inode);

    public ulong Lookups { get; set; }

    /// <summary>Open files that the kernel reads and writes by itself, and under which id; 0 when there are none.</summary>
    public int BackingUsers { get; set; }

    public int BackingId { get; set; }
}
