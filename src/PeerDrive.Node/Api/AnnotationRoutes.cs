using PeerDrive.Client.Contracts;
using PeerDrive.Model.Annotations;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Views;

namespace PeerDrive.Node.Api;

/// <summary>Annotations and other fields of files and folders.</summary>
internal static class AnnotationRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes/{volume}/annotations", new("The annotations of a file or folder, and what was read out of its content.") { Query = [ApiParameters.Path.Required, ApiParameters.Revision], Answers = typeof(FieldsStatus) }, call => ShowAsync(call, node.Core));
        api.Patch("volumes/{volume}/annotations", new("Changes annotations of files and folders, all in one commit.") { Takes = typeof(AnnotateRequest), Answers = typeof(IReadOnlyList<FieldsStatus>) }, call => ChangeAsync(call, node.Core));
        api.Post("annotations", new("Changes annotations of all that match a query.") { Takes = typeof(BulkAnnotateRequest), Answers = typeof(BulkAnnotateStatus) }, async call => await call.AnswerAsync(await node.Core.BulkAnnotation.RunAsync(node.Core, await call.BodyAsync<BulkAnnotateRequest>().ConfigureAwait(false)).ConfigureAwait(false)).ConfigureAwait(false));
        api.Get("volumes/{volume}/fields", new("Fields that can be used in a volume.") { Answers = typeof(IReadOnlyList<FieldName>) }, call => NamesAsync(call, node.Core));
    }

    private static Task ShowAsync(ApiCall call, NodeCore core)
    {
        var (path, pinned) = VolumePaths.Versioned(call.RequiredQuery("path"));
        (var volume, path) = core.PlaceOf(call.Route("volume"), path);
        var entry = VolumePaths.RequireAlsoDeleted(volume, path);
        var revision = (call.Query("revision") is { Length: > 0 } wanted ? wanted : pinned) is { } named ? RevisionViews.Require(volume, entry.Document, named)
            : entry.Shown ?? throw new PeerDriveException(ErrorKind.NotHere, $"Nothing is known yet of '{path}' but its name.");
        return call.AnswerAsync(new FieldViews(volume, core.Fields.Of(volume)).Of(volume.Reader.PathOf(entry.Id), entry, revision));
    }

    private static async Task ChangeAsync(ApiCall call, NodeCore core)
    {
        var request = await call.BodyAsync<AnnotateRequest>().ConfigureAwait(false);
        var places = request.Paths.Select(path => core.PlaceOf(call.Route("volume"), path)).ToList();
        if (places.Select(place => place.Volume).Distinct().Skip(1).Any()) throw new PeerDriveException(ErrorKind.OtherVolume, "Through links these are in several volumes; name them volume by volume.");
        var volume = places is [var first, ..] ? first.Volume : core.Volumes.Require(call.Route("volume"));
        request = request with { Paths = [.. places.Select(place => place.Path)] };
        var entries = await core.Annotations.ApplyAsync(volume, request).ConfigureAwait(false);
        var views = new FieldViews(volume, core.Fields.Of(volume));
        await call.AnswerAsync(entries.Where(entry => entry.Shown is not null).Select(entry => views.Of(volume.Reader.PathOf(entry.Id), entry, entry.Shown!.Value))).ConfigureAwait(false);
    }

    private static Task NamesAsync(ApiCall call, NodeCore core)
    {
        var used = core.Fields.Of(core.Volumes.Require(call.Route("volume"))).Types().ToDictionary(field => field.Name, field => field.Type);
        var known = KnownFields.All.Select(field => new FieldName(field.Name, FieldTypes.NameOf(field.Type), used.ContainsKey(field.Name)));
        var own = used.Where(field => KnownFields.TypeOf(field.Key) is null).OrderBy(field => field.Key, StringComparer.Ordinal);
        return call.AnswerAsync(known.Concat(own.Select(field => new FieldName(field.Key, FieldTypes.NameOf(field.Value), IsUsed: true))));
    }
}
