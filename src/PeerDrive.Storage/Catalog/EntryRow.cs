using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Catalog;

/// <summary>A placed entry with its document's shown revision.</summary>
internal sealed record EntryRow(
    long Row, EntryId Id, long ParentRow, EntryId Parent, EntryName Name, bool IsFolder, bool IsLive, long Placed, DocumentId Document, int Heads,
    RevisionRow? Shown);
