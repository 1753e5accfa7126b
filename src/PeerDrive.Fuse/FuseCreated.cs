namespace PeerDrive.Fuse;

/// <summary>A file that was made and opened at once.</summary>
public readonly record struct FuseCreated(FuseEntry Entry, FuseOpened Opened);
