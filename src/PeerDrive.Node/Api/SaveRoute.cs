using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Puts an old version, or a folder as it was, as new documents somewhere else.</summary>
internal static class SaveRoute
{
    public static async Task RunAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<SaveRequest>().ConfigureAwait(false);
        var (named, pinned) = VolumePaths.Versioned(request.Path);
        request = request with { Path = named, Revision = request is { Revision: null or "", At: null } ? pinned : request.Revision };
        if (request is not ({ Revision: { Length: > 0 }, At: null } or { Revision: null or "", At: not null })) throw new PeerDriveException(ErrorKind.Invalid, "Name either a revision or a time to save.");
        var target = request.AsVolume is { Length: > 0 } other ? core.Volumes.Require(other) : volume;
        var (above, name) = VolumePaths.RequireFree(target, VolumePaths.PlainPath(target, request.AsPath));
        var saved = await core.Jobs.RunAsync(
            new Jobs.KeptJob("save", $"{volume.Name}:{request.Path}", "peerdrive save"), "files",
            (job, cancellation) => SaveAsync(core, volume, request, target, above, name, job, cancellation)).ConfigureAwait(false);
        await call.AnswerAsync(saved).ConfigureAwait(false);
    }

    private static async Task<SaveStatus> SaveAsync(
        NodeCore core, Volume volume, SaveRequest request, Volume target, EntryId above, EntryName name, Jobs.Job job, CancellationToken cancellation)
    {
        var (top, below, comment) = Find(volume, request);
        List<(RevisionView Shown, string Path)> all = [(top, ""), .. below.Where(entry => entry.Entry.Shown is not null).Select(entry => (entry.Entry.Shown!.Value, entry.Path))];
        var states = new List<(RevisionState State, string Path)>();
        foreach (var (shown, path) in all)
        {
            var state = HistoryRoutes.Load(volume, shown.Id).State;
            if (target != volume && !state.Content.IsEmpty) state = state with { Content = await CopyAsync(core, volume, target, state.Content, cancellation).ConfigureAwait(false) };
            states.Add((state, path));
            job.Report(states.Count, all.Count);
        }
        await target.CommitAsync(edit =>
        {
            var made = new Dictionary<string, EntryId>();
            foreach (var (state, path) in states)
            {
                var slash = path.LastIndexOf('/');
                var entry = path.Length == 0 ? edit.Create(above, name, state, comment) : edit.Create(made[path[..slash]], EntryName.Create(EntryName.FromDisplay(path[(slash + 1)..])), state, comment);
                made[path] = entry.Id;
            }
        }).ConfigureAwait(false);
        return new SaveStatus(
            target.Name, request.AsPath, states.Count(state => state.State.Kind != DocumentKind.Folder), states.Count(state => state.State.Kind == DocumentKind.Folder),
            states.Sum(state => (long)state.State.Content.Size));
    }

    /// <summary>What is to be saved: it, and what was in it, by paths from there.</summary>
    private static (RevisionView Top, List<(PastEntry Entry, string Path)> Below, string Comment) Find(Volume volume, SaveRequest request)
    {
        if (request.At is { } at)
        {
            var tree = volume.History.TreeAt(at);
            var entry = PastViews.Resolve(volume, tree, request.Path) ?? throw new PeerDriveException(ErrorKind.Invalid, "The top folder is saved folder by folder; name one.");
            if (entry.Shown is not { } shown) throw new PeerDriveException(ErrorKind.NotHere, $"Nothing was known yet of '{request.Path}' but its name.");
            return (shown, entry.IsFolder ? [.. PastViews.Below(tree, entry.Id, "", recursive: true)] : [], $"saved from {request.Path} as of {at:u}");
        }
        var now = VolumePaths.RequireAlsoDeleted(volume, request.Path);
        var revision = RevisionViews.Require(volume, now.Document, request.Revision!);
        var comment = $"saved from {request.Path} {revision.Id.ToHex()[..12]}";
        if (!now.IsFolder) return (revision, [], comment);
        var then = volume.History.TreeAsOf(revision.Id);
        return (revision, [.. PastViews.Below(then, now.Id, "", recursive: true)], comment);
    }

    private static async Task<Content> CopyAsync(NodeCore core, Volume volume, Volume target, Content content, CancellationToken cancellation)
    {
        if (volume.Contents.Missing(content, 1).Count > 0)
        {
            using var pace = new ReadPace(volume.Contents, core.Time);
            await pace.BringAsync(content, 0, (long)content.Size, cancellation).ConfigureAwait(false);
        }
        using var reader = volume.Contents.OpenReader(content);
        return target.Contents.Store(new ContentCopy(reader), 0, null, cancellation);
    }
}
