using System.Collections.Immutable;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Texts;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Revisions: log, show, compare, conflicts.</summary>
internal static class HistoryRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes/{volume}/log", call =>
        {
            var volume = node.Core.Volumes.Require(call.Route("volume"));
            return call.AnswerAsync(RevisionViews.History(volume, VolumePaths.RequireAlsoDeleted(volume, call.RequiredQuery("path")).Document));
        });
        api.Get("volumes/{volume}/revisions/{revision}", call =>
        {
            var volume = node.Core.Volumes.Require(call.Route("volume"));
            return call.AnswerAsync(Status(volume, RevisionViews.Require(volume, call.Route("revision")).Id));
        });
        api.Get("volumes/{volume}/diff", call => DiffAsync(call, node.Core));
        api.Post("volumes/{volume}/restore", call => RestoreRoute.RunAsync(call, node.Core));
        api.Get("volumes/{volume}/conflicts", call => ConflictsAsync(call, node.Core));
        api.Post("volumes/{volume}/resolve", call => ResolveAsync(call, node.Core));
    }

    private static async Task DiffAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var path = call.RequiredQuery("path");
        var entry = VolumePaths.RequireAlsoDeleted(volume, path);
        var after = call.Query("after") is { Length: > 0 } named ? RevisionViews.Require(volume, entry.Document, named).Id
            : entry.Shown?.Id ?? throw new PeerDriveException(ErrorKind.NotHere, $"Nothing is known yet of '{path}' but its name.");
        var newer = Load(volume, after);
        Revision? older = null;
        if (call.Query("before") is { Length: > 0 } earlier) older = Load(volume, RevisionViews.Require(volume, entry.Document, earlier).Id);
        else if (newer.Parents is [var parent, ..]) older = volume.Reader.Revision(parent);
        var texts = await ContentDiff.OfAsync(volume, core.Time, path, older, newer, call.Cancellation).ConfigureAwait(false);
        await call.AnswerAsync(new DiffStatus(older?.Id.ToHex() ?? "", after.ToHex(), StateDifferences.Of(older?.State, newer.State), texts)).ConfigureAwait(false);
    }

    private static Task ConflictsAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var present = new PresentContents(volume);
        return call.AnswerAsync(volume.Reader.Conflicts().Select(entry =>
        {
            var heads = volume.Reader.Heads(entry.Document);
            return new ConflictStatus(
                volume.Reader.PathOf(entry.Id), entry.Document.ToHex(), [.. heads.Select(head => RevisionViews.Of(volume, head, heads[0].Id, present))]);
        }));
    }

    private static async Task ResolveAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<ResolveRequest>().ConfigureAwait(false);
        var entry = VolumePaths.Require(volume, request.Path);
        if (entry.Heads < 2) throw new PeerDriveException(ErrorKind.Invalid, $"'{request.Path}' is not in conflict.");
        var chosen = RevisionViews.Require(volume, entry.Document, request.Revision);
        if (!chosen.IsHead) throw new PeerDriveException(ErrorKind.Invalid, $"{request.Revision} is not one of the heads; see 'peerdrive conflicts'. An old revision is brought back with 'peerdrive restore'.");
        var heads = volume.Reader.Heads(entry.Document).Select(head => head.Id).Order().ToList();
        await CommitAsync(
            volume, entry, Load(volume, chosen.Id).State, $"chose {chosen.Id.ToHex()[..12]}", _ =>
            {
                // The person decided between these; one that came meanwhile was not seen.
                if (!volume.Reader.Heads(entry.Document).Select(head => head.Id).Order().SequenceEqual(heads))
                    throw new PeerDriveException(ErrorKind.Conflict, $"'{request.Path}' changed meanwhile; look at its heads again.");
            }).ConfigureAwait(false);
        await call.AnswerAsync(Shown(volume, entry)).ConfigureAwait(false);
    }

    /// <summary>Makes a revision with the given state of all heads.</summary>
    public static Task CommitAsync(Volume volume, EntryView entry, RevisionState state, string comment, Action<VolumeEdit> before) => volume.CommitAsync(edit =>
    {
        before(edit);
        ImmutableArray<RevisionId> heads = [.. volume.Reader.Heads(entry.Document).Select(head => head.Id)];
        edit.Revise(entry.Id, state, heads, comment);
    });

    public static RevisionStatus Shown(Volume volume, EntryView entry) => Status(volume, volume.Reader.Heads(entry.Document)[0].Id);

    private static RevisionStatus Status(Volume volume, RevisionId id)
    {
        var document = Load(volume, id).Document;
        var view = volume.Reader.History(document).First(revision => revision.Id == id);
        return RevisionViews.Of(volume, view, RevisionViews.ShownOf(volume, document), new PresentContents(volume));
    }

    public static Revision Load(Volume volume, RevisionId id) =>
        volume.Reader.Revision(id) ?? throw new PeerDriveException(ErrorKind.NotFound, $"Revision {id} is not here.");
}
