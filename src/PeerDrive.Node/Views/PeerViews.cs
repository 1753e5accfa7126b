using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Sync.Presence;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Node.Views;

/// <summary>Peers as the API shows them.</summary>
internal static class PeerViews
{
    public static IReadOnlyList<PeerStatus> All(NodeCore core)
    {
        var names = core.Volumes.All.ToDictionary(volume => volume.Id, volume => volume.Name);
        var offers = core.Volumes.Offers.Select(offer => offer.Volume.Id).ToHashSet();
        var peers = core.Sync.Peers();
        var devices = peers.ToDictionary(peer => peer.Device, peer => peer.Name);
        return
        [
            .. peers.Select(peer => new PeerStatus(
                DeviceIdText.Format(peer.Device), peer.Name, peer.PersonName, peer.IsOnline, peer.Address is { } address ? PeerAddress.Format(address) : null, peer.LastSeen,
                peer.BytesSent, peer.BytesReceived, peer.LastProblem, [.. peer.Volumes.Where(volume => !offers.Contains(volume)).Select(volume => names.GetValueOrDefault(volume, volume.ToHex()))])
            {
                IsConnected = peer.IsConnected,
                Via = peer.Via is { } via ? devices.GetValueOrDefault(via, via.ToHex()[..8]) : null,
                Addresses = [.. peer.Addresses.Select(PeerAddress.Format)],
                Shares = [.. peer.Shares.Where(share => !offers.Contains(share.Volume)).Select(share => ShareOf(share, names))],
            }),
        ];
    }

    private static PeerShareStatus ShareOf(PeerVolumeState share, Dictionary<VolumeId, string> names) => new(
        share.Volume.ToHex(), names.GetValueOrDefault(share.Volume, share.Volume.ToHex()), VolumeViews.RoleText(share.Role), share.Policy, share.IsInStep, share.Behind, share.Ahead,
        share.Told);
}
