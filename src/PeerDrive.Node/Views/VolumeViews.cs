using PeerDrive.Client.Contracts;
using PeerDrive.Folders;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Maintenance;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Volumes as the API shows them.</summary>
internal static class VolumeViews
{
    public static VolumeStatus Of(NodeCore core, Volume volume)
    {
        var (files, folders, bytes) = volume.Reader.Totals();
        var (missing, missingBytes) = volume.MissingTotals();
        var links = core.Links.Of(volume).ToList();
        var isWritten = links.All(link => link.Folder?.State is { Phase: LinkPhase.Watching, PendingWrites: 0 });
        return new VolumeStatus(
            volume.Id.ToHex(),
            volume.Name,
            RoleText(volume.OwnRole),
            files,
            folders,
            bytes,
            StoredSize.Of(volume).Bytes,
            missing,
            missingBytes,
            volume.Reader.Conflicts().Count,
            links.Sum(link => link.Folder?.Drafts.Count ?? 0),
            missing == 0 && isWritten && volume.OwnRole != Role.None,
            [.. links.Select(LinkViews.Of)],
            [.. volume.Members.All.Select(member => Of(core, member))]);
    }

    public static string RoleText(Role role) => role switch
    {
        Role.Owner => "owner",
        Role.Writer => "writer",
        Role.Reader => "reader",
        _ => "none",
    };

    private static MemberStatus Of(NodeCore core, Member member)
    {
        var online = core.Sync.Peers().Where(peer => peer.IsOnline).Select(peer => peer.Device).ToHashSet();
        return new MemberStatus(
            member.Person.ToHex(),
            member.Certificate.Name,
            RoleText(member.Role),
            [
                .. member.Devices.Select(device => new DeviceStatus(
                    DeviceIdText.Format(device.Device), device.Name, device.Device == core.Identity.Device.Device || online.Contains(device.Device))),
            ]);
    }
}
