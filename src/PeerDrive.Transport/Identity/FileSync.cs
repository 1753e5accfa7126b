using Microsoft.Win32.SafeHandles;

namespace PeerDrive.Transport.Identity;

/// <summary>How files are made durable. Both throw when the disk reports an error.</summary>
/// <param name="File">fsync of an open file.</param>
/// <param name="Directory">fsync of the directory at a path, so that a rename in it is durable.</param>
public sealed record FileSync(Action<SafeFileHandle> File, Action<string> Directory);
