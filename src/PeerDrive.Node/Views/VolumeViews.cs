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
    /// <summary>Problems of one kind that are told of one volume.</summary>
    private const int MaxProblems = 20;

    public static VolumeStatus Of(NodeCore core, Volume volume)
    {
        var checkpoint = volume.Checkpoints.Kept;
        var (files, folders, bytes) = checkpoint is null ? volume.Reader.Totals() : (checkpoint.Files, checkpoint.Folders, checkpoint.Bytes);
        var (missing, missingBytes) = volume.MissingTotals();
        var (absent, absentBytes) = volume.Replica.AbsentTotals();
        var (thinned, thinnedBytes) = volume.Retention.ThinnedTotals();
        var links = core.Links.Of(volume).ToList();
        var (devices, missingChangesets) = core.Sync.Compare(volume.Id);
        var isWritten = links.All(link => link.Folder?.State is { Phase: LinkPhase.Watching, PendingWrites: 0 });
        return new VolumeStatus(
            volume.Id.ToHex(),
            volume.Name,
            RoleText(volume.Members.RoleOf(volume.Person)),
            files,
            folders,
            bytes,
            StoredSize.Of(volume).Bytes,
            missing,
            missingBytes,
            volume.Reader.Conflicts().Count,
            links.Sum(link => link.Folder?.Drafts.Count ?? 0),
            checkpoint is null && missing == 0 && missingChangesets == 0 && isWritten && volume.OwnRole != Role.None && volume.LackedFeatures.Count == 0,
            [.. links.Select(LinkViews.Of)],
            Members(core, volume))
        {
            Problems = ProblemsOf(volume),
            Checkpoint = checkpoint is null ? null : new CheckpointStatus(checkpoint.Maker, EntryViews.Time(checkpoint.Header.Time), volume.Checkpoints.Progress),
            Policy = volume.Replica.Policy.ToString(),
            AbsentContents = absent,
            AbsentBytes = absentBytes,
            MissingChangesets = missingChangesets,
            DevicesCompared = devices,
            Copies = CopiesOf(core, volume),
            Retention = volume.Retention.Rule.ToString(),
            ThinnedContents = thinned,
            ThinnedBytes = thinnedBytes,
            DiskUse = volume.Collection.LastUse is { } use ? RetentionViews.Of(use) : null,
        };
    }

    /// <summary>Null: the volume asks for no number of copies.</summary>
    private static CopiesStatus? CopiesOf(NodeCore core, Volume volume)
    {
        if (volume.Copies is not { } wanted) return null;
        // A number that was set just now is counted soon.
        return core.Sync.CopiesState(volume.Id) is { } state && state.Wanted == wanted
            ? new CopiesStatus(wanted, state.Watched, state.Short, state.ShortBytes, state.Taken, state.TakenBytes, state.IsCounted)
            : new CopiesStatus(wanted, 0, 0, 0, 0, 0, IsCounted: false);
    }

    public static string RoleText(Role role) => role switch
    {
        Role.Owner => "owner",
        Role.Writer => "writer",
        Role.Reader => "reader",
        _ => "none",
    };

    /// <summary>What is wrong with a volume, in sentences.</summary>
    private static List<string> ProblemsOf(Volume volume)
    {
        var problems = new List<string>();
        if (volume.LackedFeatures is { Count: > 0 } lacked)
            problems.Add($"needs {string.Join(", ", lacked)}, which this version of PeerDrive has not got: it shows what was there before, and passes on what comes. Update PeerDrive on this device.");
        foreach (var wrong in volume.Checkpoints.Wrong.Take(MaxProblems))
            problems.Add($"{wrong.Name} ({DeviceIdText.Format(wrong.Device)}) sent a wrong checkpoint, which was dropped: {wrong.Why} The tree that is shown comes from the history, which is verified by itself.");
        foreach (var merge in volume.Reader.WrongMerges().Take(MaxProblems))
        {
            var path = volume.Reader.EntriesOf(merge.Document) is [var entry, ..] ? volume.Reader.PathOf(entry.Id) : "a deleted file";
            problems.Add($"{path}: the merge {merge.Revision.ToHex()[..12]} of {volume.Members.DeviceName(merge.Device)} is not what its parents make. Compare its parents ('peerdrive log'), and restore one if it is better.");
        }
        foreach (var device in volume.Reader.ForkedDevices())
            problems.Add($"{volume.Members.DeviceName(device)} has made two different changesets of one number: it was restored from an old image, or runs twice under one identity. Both branches are kept.");
        return problems;
    }

    private static IReadOnlyList<MemberStatus> Members(NodeCore core, Volume volume)
    {
        var online = core.Sync.Peers().Where(peer => peer.IsOnline).Select(peer => peer.Device).Append(core.Identity.Device.Device).ToHashSet();
        var forked = volume.Reader.ForkedDevices();
        return
        [
            .. volume.Members.All.Select(member => new MemberStatus(
                member.Person.ToHex(), member.Certificate.Name, RoleText(member.Role),
                [
                    .. member.Devices.Select(device => new DeviceStatus(DeviceIdText.Format(device.Device), device.Name, online.Contains(device.Device))
                    {
                        IsForked = forked.Contains(device.Device),
                    }),
                ])),
        ];
    }
}
