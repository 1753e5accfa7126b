using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Node.Views;

/// <summary>Peers as the API shows them.</summary>
internal static class PeerViews
{
    public static IReadOnlyList<PeerStatus> All(NodeCore core)
    {
        var names = core.Volumes.All.ToDictionary(volume => volume.Id, volume => volume.Name);
        return
        [
            .. core.Sync.Peers().Select(peer => new PeerStatus(
                DeviceIdText.Format(peer.Device), peer.Name, peer.PersonName, peer.IsOnline, peer.Address?.ToString(), peer.LastSeen, peer.BytesSent, peer.BytesReceived,
                peer.LastProblem, [.. peer.Volumes.Select(volume => names.GetValueOrDefault(volume, volume.ToHex()))])),
        ];
    }
}
