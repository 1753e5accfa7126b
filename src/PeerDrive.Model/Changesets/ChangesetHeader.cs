using System.Collections.Immutable;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Changesets;

/// <summary>The clear part of a changeset: all that a replica without keys needs to order, verify and relay it.</summary>
/// <param name="Previous">Hash of the author's previous changeset; zero when <paramref name="Sequence"/> is 1.</param>
/// <param name="Lamport">One more than the greatest among the dependencies and the previous changeset.</param>
/// <param name="Dependencies">Other authors' tips that changed since the author's previous changeset.</param>
/// <param name="BodyLength">Bytes of the body as stored.</param>
/// <param name="BodyHash">SHA-256 of the body as stored.</param>
public sealed record ChangesetHeader(
    VolumeId Volume,
    uint KeyEpoch,
    DeviceId Device,
    ulong Incarnation,
    ulong Sequence,
    ChangesetHash Previous,
    ulong Lamport,
    ImmutableArray<Tip> Dependencies,
    uint BodyLength,
    Bits256 BodyHash)
{
    public AuthorId Author { get; } = AuthorId.Of(Device, Incarnation);
}
