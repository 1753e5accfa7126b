using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.History;

/// <summary>An entry as it was in a past tree, where it was live.</summary>
/// <param name="Parent">The folder that showed it; <see cref="EntryId.LostAndFound"/> when its own was unknown.</param>
/// <param name="Name">The name it was given.</param>
/// <param name="ShownName">The name under which it was found.</param>
/// <param name="Shown">The revision that its document showed; null when none had come.</param>
public sealed record PastEntry(EntryId Id, EntryId Parent, EntryName Name, EntryName ShownName, DocumentId Document, bool IsFolder, RevisionView? Shown);
