namespace PeerDrive.Storage.Lending;

/// <summary>What tells whether a file may have other bytes than before.</summary>
/// <param name="Links">Names that the file has.</param>
/// <param name="Mtime">Nanoseconds since 1970.</param>
public readonly record struct FileStamp(ulong Inode, uint Links, long Size, long Mtime);
