using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Merging;

/// <summary>A revision's place in its document's history, without its state.</summary>
/// <param name="Time">Nanoseconds since 1970.</param>
/// <param name="IsVoid">Made beyond a removal: never a head, though others may have it as a parent.</param>
public sealed record RevisionNode(ImmutableArray<RevisionId> Parents, bool IsMerge, long Time, bool IsVoid = false);
