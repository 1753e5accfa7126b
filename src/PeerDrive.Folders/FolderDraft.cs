using PeerDrive.Model.Revisions;

namespace PeerDrive.Folders;

/// <summary>An edit in a linked directory that this device has no right to commit.</summary>
/// <param name="Path">In the volume, for people, beginning with a slash.</param>
/// <param name="Directory">The linked directory.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Mtime">Nanoseconds since 1970.</param>
/// <param name="IsDeleted">The edit was a deletion.</param>
/// <param name="IsReplaced">The volume's version has taken its place in the directory; the bytes are kept.</param>
public sealed record FolderDraft(string Path, string Directory, DocumentKind Kind, long Size, long Mtime, bool IsDeleted = false, bool IsReplaced = false);
