using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Maintenance;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Which contents are to be on this device: policy and pins.</summary>
internal static class ReplicaRoutes
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes/{volume}/replica", new("Which contents are to be here.") { Answers = typeof(ReplicaStatus) }, call => call.AnswerAsync(Status(Require(call, node))));
        api.Post("volumes/{volume}/replica", new("Says which contents are to be here.") { Takes = typeof(ReplicaRequest), Answers = typeof(ReplicaStatus) }, call => ChangeAsync(call, Require(call, node)));
        api.Get("volumes/{volume}/pins", new("What is kept on this device by its name.") { Answers = typeof(IReadOnlyList<PinStatus>) }, call => call.AnswerAsync(Pins(Require(call, node))));
        api.Post("volumes/{volume}/pins", new("Keeps a file, or a folder with all that comes into it, on this device.") { Takes = typeof(PathRequest), Answers = typeof(ReplicaStatus) }, call => PinAsync(call, Require(call, node)));
        api.Delete("volumes/{volume}/pins", new("Does not keep it any more.") { Query = [ApiParameters.Path.Required, ApiParameters.Revision] }, call => UnpinAsync(call, Require(call, node)));
    }

    /// <exception cref="PeerDriveException">Invalid: it is no policy.</exception>
    public static ReplicaPolicy ParsePolicy(string text) => ReplicaPolicy.TryParse(text, out var policy)
        ? policy
        : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no policy; there are: full, metadata, and cache with a quota of at least 1MB, such as cache:100MB.");

    private static Volume Require(ApiCall call, PeerDriveNode node) => node.Core.Volumes.Require(call.Route("volume"));

    private static async Task ChangeAsync(ApiCall call, Volume volume)
    {
        var request = await call.BodyAsync<ReplicaRequest>().ConfigureAwait(false);
        ReplicaPolicy? policy = request.Policy is null ? null : ParsePolicy(request.Policy);
        if (request.ReadWaitSeconds is { } seconds)
        {
            if (!(seconds >= 0.1 && seconds <= LongestWait.TotalSeconds)) throw new PeerDriveException(ErrorKind.Invalid, "A read waits a tenth of a second to a day.");
            volume.Replica.SetReadWait(TimeSpan.FromSeconds(seconds));
        }
        if (policy is { } wanted) volume.Replica.SetPolicy(wanted);
        await call.AnswerAsync(Status(volume)).ConfigureAwait(false);
    }

    private static async Task PinAsync(ApiCall call, Volume volume)
    {
        var request = await call.BodyAsync<PathRequest>().ConfigureAwait(false);
        if (request.Path is not { Length: > 0 } named) throw new PeerDriveException(ErrorKind.Invalid, "Name what to pin by its path.");
        var (path, pinned) = VolumePaths.Versioned(named);
        if ((request.Revision is { Length: > 0 } wanted ? wanted : pinned) is { } revision) volume.Retention.Pin(RevisionViews.Require(volume, VolumePaths.RequireAlsoDeleted(volume, path).Document, revision).Id);
        else volume.Replica.Pin(VolumePaths.Resolve(volume, path)?.Id ?? EntryId.Root);
        await call.AnswerAsync(Status(volume)).ConfigureAwait(false);
    }

    private static Task UnpinAsync(ApiCall call, Volume volume)
    {
        var (path, pinned) = VolumePaths.Versioned(call.RequiredQuery("path"));
        if ((call.Query("revision") is { Length: > 0 } wanted ? wanted : pinned) is { } revision)
        {
            if (!volume.Retention.Unpin(RevisionViews.Require(volume, VolumePaths.RequireAlsoDeleted(volume, path).Document, revision).Id))
                throw new PeerDriveException(ErrorKind.NotFound, $"Version {revision} of '{path}' is not pinned; see 'peerdrive pins {volume.Name}'.");
            return call.DoneAsync();
        }
        var entry = VolumePaths.Resolve(volume, path)?.Id ?? EntryId.Root;
        if (!volume.Replica.Unpin(entry))
        {
            throw new PeerDriveException(ErrorKind.NotFound, volume.Replica.PinOf(entry) is { } above
                ? $"'{path}' is not pinned by itself, but by {(above == EntryId.Root ? "/" : volume.Reader.PathOf(above))}."
                : $"'{path}' is not pinned; see 'peerdrive pins {volume.Name}'.");
        }
        return call.DoneAsync();
    }

    private static ReplicaStatus Status(Volume volume)
    {
        var (absent, bytes) = volume.Replica.AbsentTotals();
        return new ReplicaStatus(volume.Id.ToHex(), volume.Replica.Policy.ToString(), volume.Replica.ReadWait.TotalSeconds, StoredSize.Of(volume).Bytes, absent, bytes, Pins(volume));
    }

    private static IReadOnlyList<PinStatus> Pins(Volume volume) =>
    [
        .. volume.Replica.Pins.Select(entry => entry == EntryId.Root ? new PinStatus("/", "folder")
            : volume.Reader.Get(entry) is { } view ? new PinStatus(volume.Reader.PathOf(entry), view.IsFolder ? "folder" : "file")
            : new PinStatus($"(entry {entry.ToHex()[..12]})", "file")).Concat(PinnedVersions(volume)).OrderBy(pin => pin.Path, StringComparer.Ordinal),
    ];

    private static IEnumerable<PinStatus> PinnedVersions(Volume volume) => volume.Retention.Pinned.Select(revision => new PinStatus(
        volume.Reader.DocumentOf(revision) is { } document && volume.Reader.PlacesOf(document) is [var entry, ..] ? volume.Reader.PathOf(entry.Id) : "(unknown)", "version")
    {
        Revision = revision.ToHex(),
    });
}
