using PeerDrive.Folders.Rows;

namespace PeerDrive.Folders.Writing;

/// <summary>A temporary file that has the beginning of a content.</summary>
/// <param name="Folder">Where it lies.</param>
internal sealed record StartedFile(FileRow Folder, byte[] Name, ContentWriter Content);
