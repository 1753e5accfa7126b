namespace PeerDrive.FileSystem;

/// <summary>A file that was being written when the node ended without warning: the mount shows what was saved, the volume does not have it.</summary>
/// <param name="Path">In its volume, beginning with a slash.</param>
/// <param name="Mtime">Nanoseconds since 1970.</param>
public sealed record HeldDraft(string Path, long Size, long Mtime);
