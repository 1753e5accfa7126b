using System.Globalization;

namespace PeerDrive.Fuse.Mounting;

/// <summary>One mount.</summary>
/// <param name="Device">"major:minor", the same as long as it is mounted.</param>
internal sealed record MountLine(string Device, string MountPoint, string Type, string Source)
{
    public bool IsFuse => Type is "fuse" or "fuseblk" || Type.StartsWith("fuse.", StringComparison.Ordinal);

    /// <summary>As the kernel packs it: 12 bits of the major number, 20 of the minor.</summary>
    public uint Number => Device.Split(':') is [var major, var minor] ? (uint.Parse(major, CultureInfo.InvariantCulture) << 20) | uint.Parse(minor, CultureInfo.InvariantCulture) : 0;

    /// <summary>Under which the kernel lists the connection in /sys/fs/fuse/connections.</summary>
    public string Connection => Device[(Device.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
