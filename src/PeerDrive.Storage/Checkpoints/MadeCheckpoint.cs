using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;

namespace PeerDrive.Storage.Checkpoints;

/// <summary>A checkpoint of this replica, to be sent.</summary>
public sealed record MadeCheckpoint(VersionVector Vector, SignedCheckpoint Signed, IReadOnlyList<CheckpointPart> Parts);
