using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem;

/// <summary>A node about to be made.</summary>
/// <param name="Permissions">07777, masked.</param>
/// <param name="DeviceNumber">Of a device node: major shifted left by 32, or minor.</param>
/// <param name="Target">Of a symbolic link.</param>
public readonly record struct NewNode(DocumentKind Kind, uint Permissions, ulong DeviceNumber = 0, ByteString Target = default);
