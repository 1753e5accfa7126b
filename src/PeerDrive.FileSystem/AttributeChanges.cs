namespace PeerDrive.FileSystem;

/// <summary>What is to change of a node; null stays. Times are nanoseconds since 1970.</summary>
/// <param name="Permissions">07777.</param>
public readonly record struct AttributeChanges(
    uint? Permissions = null, uint? Uid = null, uint? Gid = null, long? Size = null, long? Atime = null, long? Mtime = null);
