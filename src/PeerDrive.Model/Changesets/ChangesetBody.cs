using System.Collections.Immutable;

namespace PeerDrive.Model.Changesets;

/// <param name="Time">The author's wall clock, nanoseconds since 1970; shown, never trusted.</param>
/// <param name="Operations">At most <see cref="ModelLimits.Operations"/>, in order.</param>
public sealed record ChangesetBody(long Time, ImmutableArray<Operation> Operations);
