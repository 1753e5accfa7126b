using System.Net;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Settings;

namespace PeerDrive.Node.Network;

/// <summary>Addresses at which peers were met, kept in node.json so that they are found again after a restart. Bounded.</summary>
internal sealed class AddressBook(SettingsFile settings)
{
    private const int MaxPeers = 256, MaxAddresses = 4;

    public IEnumerable<(DeviceId Device, IPEndPoint Address)> All()
    {
        foreach (var (hex, addresses) in settings.Current.Peers)
        {
            if (!Id.TryParse<DeviceId>(hex, out var device)) continue;
            foreach (var text in addresses)
            {
                if (IPEndPoint.TryParse(text, out var address) && address.Port != 0) yield return (device, address);
            }
        }
    }

    /// <summary>Puts addresses before those known of a device; of the peers, the last met are kept.</summary>
    public void Note(DeviceId device, IReadOnlyList<IPEndPoint> addresses) => settings.Change(now =>
    {
        var hex = device.ToHex();
        var known = now.Peers.GetValueOrDefault(hex, []);
        // The order among known addresses is not worth a write each time a peer announces itself.
        if (addresses.Count == 0 || addresses.All(address => known.Contains(address.ToString()))) return now;
        string[] merged = [.. addresses.Select(address => address.ToString()).Concat(known).Distinct().Take(MaxAddresses)];
        var peers = now.Peers.Where(peer => peer.Key != hex).TakeLast(MaxPeers - 1).Append(new(hex, merged)).ToDictionary(peer => peer.Key, peer => peer.Value);
        return now with { Peers = peers };
    });
}
