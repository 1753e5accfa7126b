using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Fetching;

namespace PeerDrive.Node.Api;

/// <summary>Who holds contents, and dropping those that others hold.</summary>
internal static class HolderRoutes
{
    /// <summary>Files named of those that stay.</summary>
    private const int MaxKept = 100;

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes/{volume}/where", new("Which devices hold a file, or the files of a folder.") { Query = [ApiParameters.Path.Required], Answers = typeof(WhereStatus) }, call => WhereAsync(call, node.Core));
        api.Post("volumes/{volume}/free", new("Drops from this device what enough others hold.") { Takes = typeof(PathRequest), Answers = typeof(FreeStatus) }, call => FreeAsync(call, node.Core));
    }

    private static async Task WhereAsync(ApiCall call, NodeCore core)
    {
        var (volume, path) = core.PlaceOf(call.Route("volume"), call.RequiredQuery("path"));
        var place = VolumePaths.Resolve(volume, path);
        var files = FilesBelow.Of(volume, place);
        var contents = files.Select(file => file.Shown!.Value.Content).Where(content => !content.IsEmpty).ToList();
        var holders = await core.Sync.AskHoldersAsync(volume, contents, call.Cancellation).ConfigureAwait(false);
        var here = contents.Select(content => (Content: content, Bytes: PresentBytes(volume, content))).ToList();
        var answers = holders.ToDictionary(holder => holder.Device);
        var peers = core.Sync.Peers().ToDictionary(peer => peer.Device);
        var empty = files.Count - contents.Count;
        // What one of them holds is to lie on so many others.
        var few = volume.Copies is { } copies
            ? contents.Where((content, i) => answers.Values.Count(holder => holder.Has?[i] == true) + (here[i].Bytes == (long)content.Size ? 1 : 0) <= copies).ToList()
            : [];
        await call.AnswerAsync(new WhereStatus(
            path, files.Count, contents.Sum(content => (long)content.Size), empty + here.Count(each => each.Bytes == (long)each.Content.Size), here.Sum(each => each.Bytes),
            volume.Replica.PinOf(place?.Id ?? EntryId.Root) is not null,
            [
                .. volume.Members.All.SelectMany(member => member.Devices).Where(device => device.Device != core.Identity.Device.Device).Select(device =>
                {
                    var has = answers.GetValueOrDefault(device.Device)?.Has;
                    var peer = peers.GetValueOrDefault(device.Device);
                    return new HolderStatus(
                        DeviceIdText.Format(device.Device), device.Name, peer?.IsOnline == true, has is not null, has?.Count(each => each) ?? 0,
                        has is null ? 0 : contents.Where((_, i) => has[i]).Sum(content => (long)content.Size), peer?.LastSeen);
                }),
            ])
        {
            Copies = volume.Copies,
            Places = DocumentViews.SeveralPlaces(volume, place),
            FewFiles = few.Count,
            FewBytes = few.Sum(content => (long)content.Size),
            Volumes = SharedPlaces.Of(core, volume, files),
        }).ConfigureAwait(false);
    }

    private static async Task FreeAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<PathRequest>().ConfigureAwait(false);
        if (request.Path is not { Length: > 0 } path) throw new PeerDriveException(ErrorKind.Invalid, "Name what to free by its path.");
        if (volume.Replica.Policy.IsFull)
        {
            throw new PeerDriveException(
                ErrorKind.Invalid, $"Volume {volume.Name} has the policy full on this device, which would fetch everything again. First: peerdrive volume policy {volume.Name} metadata");
        }
        var place = VolumePaths.Resolve(volume, path);
        if (volume.Replica.KeeperOf(place?.Id ?? EntryId.Root) is { } pin)
        {
            var pinned = pin == EntryId.Root ? "/" : volume.Reader.PathOf(pin);
            throw new PeerDriveException(ErrorKind.Conflict, volume.Replica.Pins.Contains(pin)
                ? $"'{path}' is pinned by {pinned}. First: peerdrive unpin {volume.Name}:{pinned}"
                : $"'{path}' is in {pinned}, which is linked with a directory that needs its contents.");
        }
        var freed = await core.Jobs.RunAsync(new KeptJob("free", $"{volume.Name}:{path}", "peerdrive free"), "files", (job, cancellation) => FreeAsync(core, volume, path, place, job, cancellation)).ConfigureAwait(false);
        await call.AnswerAsync(freed).ConfigureAwait(false);
    }

    private static async Task<FreeStatus> FreeAsync(NodeCore core, Volume volume, string path, EntryView? place, Job job, CancellationToken cancellation)
    {
        var files = FilesBelow.Of(volume, place).Where(file => IsUnpinned(volume, file)).ToList();
        var documents = files.Select(file => file.Document).ToHashSet();
        job.Report(0, files.Count);
        var paths = new Dictionary<ChunkId, EntryId>();
        var pinned = volume.Retention.PinnedRoots();
        var contents = new List<Content>();
        foreach (var file in files)
        {
            foreach (var revision in volume.Reader.History(file.Document))
            {
                if (revision.Content.IsEmpty || pinned.Contains(revision.Content.Root) || !volume.Contents.Chunks.Contains(revision.Content.Root) || !paths.TryAdd(revision.Content.Root, file.Id)) continue;
                contents.Add(revision.Content);
            }
        }
        var released = await core.Sync.ReleaseAsync(volume, documents, contents, new HashSet<ChunkId>(), cancellation).ConfigureAwait(false);
        job.Report(files.Count, files.Count);
        var kept = released.Kept.Take(MaxKept).Select(held => new KeptStatus(volume.Reader.PathOf(paths[held.Content.Root]), (long)held.Content.Size, held.Devices)).ToList();
        if (released.Gone.Count == 0 && kept.Count > 0) throw new PeerDriveException(ErrorKind.Conflict, Refusal(path, released, kept));
        return new FreeStatus(path, released.Gone.Count, released.Bytes, released.Needed, kept, released.Silent);
    }

    /// <summary>A hard link elsewhere may be pinned.</summary>
    private static bool IsUnpinned(Volume volume, EntryView file) => volume.Reader.EntriesOf(file.Document).All(entry => volume.Replica.KeeperOf(entry.Id) is null);

    private static string Refusal(string path, Released released, List<KeptStatus> kept)
    {
        var first = kept[0];
        var by = first.Devices.Count == 0 ? "by no other device" : $"by {first.Devices.Count}: {string.Join(", ", first.Devices)}";
        var silent = released.Silent.Count == 0 ? "" : $" No answer came from {string.Join(", ", released.Silent)}.";
        return $"'{path}' stays: {(released.Needed == 1 ? "a copy" : $"{released.Needed} copies")} on other devices had to be confirmed just now, and {first.Path} was confirmed {by}.{silent}"
            + $"{(released.Kept.Count > 1 ? $" The same goes for {released.Kept.Count - 1} more contents." : "")} Try again when devices that have it are connected ('peerdrive where').";
    }

    private static long PresentBytes(Volume volume, Content content)
    {
        try
        {
            return volume.Contents.Leaves(content).Where(leaf => volume.Contents.Chunks.Contains(leaf.Id)).Sum(leaf => (long)leaf.Size);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt)
        {
            // Its chunk lists are not all here, so that nobody knows.
            return 0;
        }
    }
}
