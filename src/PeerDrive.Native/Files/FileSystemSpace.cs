namespace PeerDrive.Native.Files;

/// <summary>Room on a file system.</summary>
/// <param name="FreeBytes">For a process without privileges.</param>
public readonly record struct FileSystemSpace(long FreeBytes, long TotalBytes, long FreeInodes, bool IsReadOnly);
