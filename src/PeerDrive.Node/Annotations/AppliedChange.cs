using PeerDrive.Model.Identifiers;

namespace PeerDrive.Node.Annotations;

/// <summary>What a change of annotations did to some documents, or would do.</summary>
/// <param name="Changed">Entries of those that get a new revision.</param>
/// <param name="Unchanged">How many are so already, or are gone.</param>
internal sealed record AppliedChange(IReadOnlyList<EntryId> Changed, int Unchanged, IReadOnlyList<(EntryId Entry, string Why)> Refused);
