using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.History;

/// <summary>One thing that a rewind does, or leaves.</summary>
/// <param name="Path">Where the entry is afterwards; of a deletion, where it was.</param>
/// <param name="From">Of a move, where it was before.</param>
/// <param name="Note">Of what is kept, why.</param>
public sealed record RewindStep(RewindAction Action, EntryId Entry, string Path, string? From, string? Note);
