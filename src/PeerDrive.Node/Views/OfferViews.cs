using PeerDrive.Client.Contracts;
using PeerDrive.Folders;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Links;
using PeerDrive.Node.Offers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Offers as the API shows them.</summary>
internal static class OfferViews
{
    public static IReadOnlyList<OfferStatus> All(NodeCore core)
    {
        var groups = core.Volumes.Shown.ToDictionary(volume => volume.Id);
        var online = core.Sync.Peers().Where(peer => peer.IsOnline).Select(peer => peer.Device).Append(core.Identity.Device.Device).ToHashSet();
        return
        [
            .. core.Volumes.Offers.Where(offer => groups.ContainsKey(offer.Mark.Group))
                .Select(offer => Of(core, groups[offer.Mark.Group], offer, online.Contains(offer.Mark.Device)))
                .OrderBy(status => status.Group, StringComparer.Ordinal).ThenBy(status => status.Path, StringComparer.Ordinal).ThenBy(status => status.Owner, StringComparer.Ordinal),
        ];
    }

    private static OfferStatus Of(NodeCore core, Volume group, (Volume Volume, OfferMark Mark) offer, bool isOnline)
    {
        var (volume, mark) = offer;
        var (files, _, bytes) = volume.Reader.Totals();
        var isOwn = OfferKeeper.IsOwn(offer);
        var link = isOwn ? core.Links.Of(volume).FirstOrDefault() : null;
        return new OfferStatus(
            volume.Id.ToHex(), group.Name, OfferKeeper.PlaceOf(volume) is { } place ? OfferPlace.Format(place) : "", OfferKeeper.OwnerOf(group, mark), group.Members.DeviceName(mark.Device),
            isOwn, link?.Settings.Directory, isOwn ? StateOf(link) : OfferKeeper.IsShown(volume, mark) ? "shown" : "joining", files, bytes, isOnline)
        {
            Problem = link?.Problem,
        };
    }

    private static string StateOf(OpenLink? link) => link?.Folder is not { } folder ? "broken" : folder.State.Phase == LinkPhase.Scanning ? "scanning" : "offered";
}
