using PeerDrive.Folders;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Links;

/// <summary>A linked folder of this node; <paramref name="Folder"/> is null when it could not be opened, and then Problem says why.</summary>
internal sealed record OpenLink(Volume Volume, LinkSettings Settings, LinkedFolder? Folder, string? Problem, DateTimeOffset Opened);
