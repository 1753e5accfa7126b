using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Volumes;

/// <summary>An entry as it is now.</summary>
/// <param name="Name">The name it was given.</param>
/// <param name="ShownName">The name under which it is found: another one when an older entry keeps the name.</param>
/// <param name="IsLive">False: it is in the trash.</param>
/// <param name="Heads">Number of heads of its document; more than one is a conflict.</param>
/// <param name="Shown">The document's shown head; null when no revision of it has come yet.</param>
public sealed record EntryView(
    EntryId Id, EntryId Parent, EntryName Name, EntryName ShownName, DocumentId Document, bool IsFolder, bool IsLive, int Heads, RevisionView? Shown);
