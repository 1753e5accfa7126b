using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Model.Checkpoints;

/// <summary>A live entry as a checkpoint tells of it.</summary>
/// <param name="Parent">Its folder, which is told of before it; <see cref="EntryId.Root"/> or <see cref="EntryId.LostAndFound"/>.</param>
/// <param name="Name">The name under which it is shown.</param>
/// <param name="Heads">Number of heads of its document.</param>
/// <param name="Shown">What its document shows; null when no revision of it was known.</param>
public sealed record CheckpointEntry(EntryId Id, EntryId Parent, EntryName Name, DocumentId Document, bool IsFolder, int Heads, CheckpointRevision? Shown);
