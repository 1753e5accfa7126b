using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Presence;

/// <summary>What this device says of itself in a volume, before it is signed.</summary>
internal sealed record PresenceClaim(VolumeId Volume, IReadOnlyList<string> Addresses, string Policy, bool IsLeaving)
{
    /// <summary>Volumes that the device offers to the members of this one.</summary>
    public IReadOnlyList<VolumeId> Offers { get; init; } = [];
}
