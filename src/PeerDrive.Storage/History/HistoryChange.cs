using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.History;

/// <summary>One change: who did what, when and where.</summary>
/// <param name="At">Its place in the order.</param>
/// <param name="Device">Whose changeset brought it.</param>
/// <param name="Path">The name of that time in its folder, which is named as it is now; empty of what has none.</param>
/// <param name="From">Of a rename or move, where it was before.</param>
/// <param name="Revision">The revision that it made; null when it made none.</param>
/// <param name="Comment">The revision's comment; of members and settings, what changed.</param>
public sealed record HistoryChange(
    HistoryCursor At, HistoryKind Kind, DeviceId Device, string Path, string? From, EntryId? Entry, DocumentId? Document, bool IsFolder, RevisionView? Revision, string Comment);
