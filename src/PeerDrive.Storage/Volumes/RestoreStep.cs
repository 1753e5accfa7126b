using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Volumes;

/// <summary>One thing that a restore does.</summary>
/// <param name="Path">Where the entry is afterwards; of a deletion, where it was.</param>
/// <param name="From">Of a move, where it was before; otherwise null.</param>
public sealed record RestoreStep(RestoreAction Action, EntryId Entry, string Path, string? From);
