namespace PeerDrive.Fuse;

/// <summary>Attributes, and how long the kernel may answer with them by itself.</summary>
public readonly record struct FuseStatus(FuseAttributes Attributes, TimeSpan Timeout);
