namespace PeerDrive.Storage.Disks;

/// <summary>What fstat tells of an open file; times in nanoseconds since 1970.</summary>
/// <param name="AllocatedBytes">Room that it takes.</param>
public readonly record struct FileStatus(long Length, long AllocatedBytes, long Mtime, long Ctime);
