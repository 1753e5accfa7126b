using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Catalog;

/// <summary>What the catalog knows of a revision without reading the log.</summary>
/// <param name="Document">Row of the document.</param>
/// <param name="Changeset">Row of the changeset that brought it first.</param>
/// <param name="Operation">Index of the operation in that changeset.</param>
/// <param name="HasXattrs">Whether there are extended attributes, annotations or a media type.</param>
internal readonly record struct RevisionRow(
    RevisionId Id, long Document, long Changeset, int Operation, DocumentKind Kind, uint Mode, long Mtime, long Time,
    bool IsHead, bool IsMerge, Content Content, long Row,
    Owner Owner, Owner Group, int TargetBytes, ulong DeviceNumber, bool HasXattrs);
