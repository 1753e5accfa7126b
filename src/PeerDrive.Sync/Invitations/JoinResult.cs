using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;

namespace PeerDrive.Sync.Invitations;

/// <summary>What an accepted invitation gives.</summary>
public sealed record JoinResult(VolumeId Volume, string Name, Role Role);
