using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Retention;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Which old versions are kept here, and giving back the room of the others.</summary>
internal static class RetentionRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes/{volume}/retention", new("Which old versions this device keeps.") { Answers = typeof(RetentionStatus) }, call => call.AnswerAsync(RetentionViews.Of(Require(call, node))));
        api.Post("volumes/{volume}/retention", new("Says which old versions this device is to keep.") { Takes = typeof(RetentionRequest), Answers = typeof(RetentionStatus) }, call => SetAsync(call, Require(call, node)));
        api.Post("volumes/{volume}/thin", new("Lets go what the retention rule does not keep.") { Takes = typeof(ThinRequest), Answers = typeof(ThinStatus) }, call => ThinAsync(call, node.Core));
        api.Post("volumes/{volume}/collect", new("Gives back room that nothing needs.") { Query = [new("dryRun", "Only tells.", "boolean")], Answers = typeof(CollectStatus) }, call => CollectAsync(call, node.Core));
        api.Get("volumes/{volume}/disk", new("What the disk is used for.") { Answers = typeof(DiskUseStatus) }, call => call.AnswerAsync(RetentionViews.Of(Require(call, node).Collection.CountUse(call.Cancellation))));
    }

    private static Volume Require(ApiCall call, PeerDriveNode node) => node.Core.Volumes.Require(call.Route("volume"));

    private static async Task SetAsync(ApiCall call, Volume volume)
    {
        var request = await call.BodyAsync<RetentionRequest>().ConfigureAwait(false);
        if (!RetentionRule.TryParse(request.Rule, out var rule))
        {
            throw new PeerDriveException(
                ErrorKind.Invalid, $"'{request.Rule}' is no retention rule; write keep-all, or some of: all 30d, daily 14, weekly 8, monthly 12, yearly all, versions 100, size 10GB, trash 90d, hold 30d.");
        }
        volume.Retention.SetRule(rule);
        await call.AnswerAsync(RetentionViews.Of(volume)).ConfigureAwait(false);
    }

    private static async Task ThinAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<ThinRequest>().ConfigureAwait(false);
        var documents = request.Path is { Length: > 0 } path && path != "/" ? DocumentsAt(volume, VolumePaths.PlainPath(volume, path)) : null;
        var rule = volume.Retention.Rule;
        var (plan, freed) = await core.Retention.ThinAsync(volume, documents, request.DryRun).ConfigureAwait(false);
        await call.AnswerAsync(RetentionViews.Of(volume, plan, rule, request.DryRun, freed)).ConfigureAwait(false);
    }

    private static async Task CollectAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var dryRun = call.Flag("dryRun");
        var (result, use) = await core.Retention.CollectAsync(volume, dryRun).ConfigureAwait(false);
        await call.AnswerAsync(new CollectStatus(dryRun, result.UnnamedBytes, result.Bytes, result.Postponed, RetentionViews.Of(use))).ConfigureAwait(false);
    }

    /// <summary>What is at a path or below it, and what was deleted there.</summary>
    private static HashSet<DocumentId> DocumentsAt(Volume volume, string path)
    {
        var deleted = volume.Reader.Trash(VolumePaths.MaxTrash);
        if (volume.Reader.Resolve(EntryName.FromDisplay(path), out _) is not { } place) return [VolumePaths.RequireAlsoDeleted(volume, path).Document];
        if (!place.IsFolder) return [place.Document];
        var below = volume.Reader.PathOf(place.Id) + "/";
        return [.. FilesBelow.Of(volume, place).Concat(deleted.Where(entry => volume.Reader.PathOf(entry.Id).StartsWith(below, StringComparison.Ordinal))).Select(entry => entry.Document)];
    }
}
