using System.Collections.Immutable;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Api.Descriptions;
using PeerDrive.Node.Texts;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Revisions: log, show, compare, restore.</summary>
internal static class HistoryRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("volumes/{volume}/log", new("The versions of a document.") { Query = [ApiParameters.Path.Required], Answers = typeof(IReadOnlyList<RevisionStatus>) }, call =>
        {
            var (volume, path) = node.Core.PlaceOf(call.Route("volume"), VolumePaths.Versioned(call.RequiredQuery("path")).Path);
            return call.AnswerAsync(RevisionViews.History(volume, VolumePaths.RequireAlsoDeleted(volume, path).Document));
        });
        api.Get("volumes/{volume}/revisions/{revision}", new("A version.") { Answers = typeof(RevisionStatus) }, call =>
        {
            var volume = node.Core.Volumes.Require(call.Route("volume"));
            return call.AnswerAsync(Status(volume, RevisionViews.Require(volume, call.Route("revision")).Id));
        });
        api.Get("volumes/{volume}/changes", new("Who changed what when in a volume, a folder or a file, newest first.") { Query = [ApiParameters.Path, ApiParameters.Limit, new("after", "Where the page before ended, as its next says."), new("since", "Only changes from this time on."), new("until", "Only changes before this time."), new("by", "Only by this person or device."), new("kind", "Only of these kinds, with commas."), new("grep", "Only with this in the comment.")], Answers = typeof(ChangePage) }, call => ChangesRoute.AnswerAsync(call, node.Core));
        api.Get("volumes/{volume}/compare", new("What differs in a folder between two moments.") { Query = [ApiParameters.Path, ApiParameters.From.Required, ApiParameters.To], Answers = typeof(CompareStatus) }, call => CompareRoute.AnswerAsync(call, node.Core));
        api.Get("volumes/{volume}/diff", new("What differs between two versions of a file.") { Query = [ApiParameters.Path.Required, new("before", "The earlier version; without it, the one that the later was made from."), new("after", "The later version; without it, the one that is shown."), ApiParameters.From, ApiParameters.To], Answers = typeof(DiffStatus) }, call => DiffAsync(call, node.Core));
        api.Post("volumes/{volume}/restore", new("Makes a file, or all of a folder, what it was.") { Takes = typeof(RestoreRequest), Answers = typeof(RestoreStatus) }, call => RestoreRoute.RunAsync(call, node.Core));
        api.Post("volumes/{volume}/save", new("Saves an old state under a new path.") { Takes = typeof(SaveRequest), Answers = typeof(SaveStatus) }, call => SaveRoute.RunAsync(call, node.Core));
        api.Post("volumes/{volume}/rewind", new("Undoes what a device did, or what was done in a span of time.") { Takes = typeof(RewindRequest), Answers = typeof(RewindStatus) }, call => RewindRoute.RunAsync(call, node.Core));
    }

    private static async Task DiffAsync(ApiCall call, NodeCore core)
    {
        var (path, pinned) = VolumePaths.Versioned(call.RequiredQuery("path"));
        (var volume, path) = core.PlaceOf(call.Route("volume"), path);
        var entry = VolumePaths.RequireAlsoDeleted(volume, path);
        var after = (call.Query("after") is { Length: > 0 } wanted ? wanted : pinned) is { } named ? RevisionViews.Require(volume, entry.Document, named).Id
            : entry.Shown?.Id ?? throw new PeerDriveException(ErrorKind.NotHere, $"Nothing is known yet of '{path}' but its name.");
        var newer = Load(volume, after);
        Revision? older = null;
        if (call.Query("from") is { Length: > 0 } from)
        {
            older = AtTime(volume, entry, from);
            newer = call.Query("to") is { Length: > 0 } to ? AtTime(volume, entry, to) ?? throw new PeerDriveException(ErrorKind.NotFound, $"'{path}' was not there at the later time.") : newer;
        }
        else if (call.Query("before") is { Length: > 0 } earlier) older = Load(volume, RevisionViews.Require(volume, entry.Document, earlier).Id);
        else if (newer.Parents is [var parent, ..]) older = volume.Reader.Revision(parent);
        var texts = await ContentDiff.OfAsync(volume, core.Time, path, older, newer, call.Cancellation).ConfigureAwait(false);
        var pictures = await ContentDiff.PicturesAsync(volume, core.Time, older, newer, call.Cancellation).ConfigureAwait(false);
        await call.AnswerAsync(new DiffStatus(older?.Id.ToHex() ?? "", newer.Id.ToHex(), [.. StateDifferences.Of(older?.State, newer.State), .. pictures], texts)
        {
            Members = await ContentDiff.MembersAsync(volume, core.Time, path, older, newer, call.Cancellation).ConfigureAwait(false),
        }).ConfigureAwait(false);
    }

    /// <summary>What a document showed in an old state of the tree; null when it was not known then.</summary>
    private static Revision? AtTime(Volume volume, EntryView entry, string at) => PastViews.Tree(volume, at).ShownOf(entry.Document) is { } shown ? Load(volume, shown.Id) : null;

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
