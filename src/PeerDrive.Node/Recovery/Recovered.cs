using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Recovery;

/// <summary>A volume that a recovery key gave back.</summary>
/// <param name="IsNew">It was not here before.</param>
/// <param name="Told">Peers that have taken in the change.</param>
internal sealed record Recovered(Volume Volume, bool IsNew, IReadOnlyList<DeviceId> Told);
