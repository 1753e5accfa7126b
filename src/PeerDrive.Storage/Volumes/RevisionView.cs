using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Volumes;

/// <summary>What can be told of a revision without reading the log.</summary>
/// <param name="Mtime">Nanoseconds since 1970.</param>
/// <param name="Time">When it was made, by its author's clock, nanoseconds since 1970.</param>
/// <param name="TargetBytes">Length of a symbolic link's target.</param>
/// <param name="HasXattrs">Whether the revision has extended attributes, annotations or a media type.</param>
public readonly record struct RevisionView(
    RevisionId Id, DocumentKind Kind, uint Mode, long Mtime, long Time, bool IsHead, bool IsMerge, Content Content,
    Owner Owner, Owner Group, int TargetBytes, ulong DeviceNumber, bool HasXattrs);
