using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Revisions;

/// <summary>The values that a <see cref="Revision"/> encodes.</summary>
/// <param name="Parents">Sorted, distinct; empty for a document's first revision.</param>
/// <param name="Author">The device that made it; null in a merge, whose every value derives from its parents.</param>
/// <param name="Time">Nanoseconds since 1970 by the author's clock; shown, and breaks ties between heads.</param>
/// <param name="Merge">Version of the merge algorithm that made it; 0: made by a person or a program.</param>
public sealed record RevisionFields(
    DocumentId Document,
    ImmutableArray<RevisionId> Parents,
    RevisionState State,
    DeviceId? Author,
    long Time,
    string Creator = "",
    string Comment = "",
    uint Merge = 0);
