using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Checkpoints;

/// <summary>What a checkpoint tells of a shown revision: enough to list it, and to read its content.</summary>
/// <param name="Mtime">Nanoseconds since 1970.</param>
/// <param name="Target">As <see cref="RevisionState.Target"/>.</param>
public sealed record CheckpointRevision(
    RevisionId Id, DocumentKind Kind, Content Content, uint Mode, Owner Owner, Owner Group, long Mtime, ByteString Target, ulong DeviceNumber);
