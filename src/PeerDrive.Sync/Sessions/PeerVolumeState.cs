using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;

namespace PeerDrive.Sync.Sessions;

/// <summary>A device in one volume.</summary>
/// <param name="Policy">How much of the volume it keeps, as it says itself; null: it has not said.</param>
/// <param name="IsInStep">Whether it has the changesets that this device has, by what it said last; null: it has not said.</param>
/// <param name="Behind">Changesets that it lacks, as far as known.</param>
/// <param name="Ahead">Changesets that this device lacks, as far as known.</param>
/// <param name="Told">When it said so; null: it has not.</param>
public sealed record PeerVolumeState(VolumeId Volume, Role Role, string? Policy, bool? IsInStep, long? Behind, long? Ahead, DateTimeOffset? Told);
