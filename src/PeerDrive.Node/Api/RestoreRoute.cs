using PeerDrive.Client.Contracts;
using PeerDrive.Model.Addresses;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Views;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Brings a file, a folder or a whole volume back to what it was.</summary>
internal static class RestoreRoute
{
    public static async Task RunAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<RestoreRequest>().ConfigureAwait(false);
        var (path, pinned) = VolumePaths.Versioned(request.Path);
        if (pinned is not null && request is { Revision: null or "", At: null }) request = request with { Revision = pinned };
        if (request is not ({ Revision: { Length: > 0 }, At: null } or { Revision: null or "", At: not null }))
            throw new PeerDriveException(ErrorKind.Invalid, "Name either a revision or a time to restore.");
        var entry = Find(volume, path, out var isRoot);
        request = request with { Path = VolumePaths.PlainPath(volume, path) };
        if (entry is { IsFolder: false })
        {
            await call.AnswerAsync(await RestoreFileAsync(volume, request, entry).ConfigureAwait(false)).ConfigureAwait(false);
            return;
        }
        var restored = await core.Jobs.RunAsync(new Jobs.KeptJob("restore", $"{volume.Name}:{request.Path}", "peerdrive restore"), "entries", (job, _) => RestoreFolderAsync(volume, request, entry, isRoot, job)).ConfigureAwait(false);
        await call.AnswerAsync(restored).ConfigureAwait(false);
    }

    /// <summary>The entry at a path, or the last deleted one; null for the top folder, and for what was there only in the past.</summary>
    private static EntryView? Find(Volume volume, string path, out bool isRoot)
    {
        if (Address.IsAddress(path))
        {
            isRoot = Address.Parse(path).Document is null;
            return isRoot ? null : VolumePaths.RequireAlsoDeleted(volume, path);
        }
        var entry = volume.Reader.Resolve(EntryName.FromDisplay(path), out var found);
        isRoot = found && entry is null;
        return found ? entry : VolumePaths.Deleted(volume, path);
    }

    private static async Task<RestoreStatus> RestoreFileAsync(Volume volume, RestoreRequest request, EntryView entry)
    {
        var view = request.At is { } at ? AsOf(volume, entry, at) : RevisionViews.Require(volume, entry.Document, request.Revision!);
        var old = HistoryRoutes.Load(volume, view.Id);
        var path = volume.Reader.PathOf(entry.Id);
        List<RestoreStep> steps = [new(RestoreAction.Revise, entry.Id, path, null)];
        if (!entry.IsLive) steps.Insert(0, new RestoreStep(RestoreAction.Undelete, entry.Id, path, null));
        if (!request.IsDryRun)
            await HistoryRoutes.CommitAsync(volume, entry, old.State, Comment(view.Id), edit => edit.Undelete(entry.Id)).ConfigureAwait(false);
        return Status(path, volume.Reader.Heads(entry.Document)[0].Id, request, steps);
    }

    private static async Task<RestoreStatus> RestoreFolderAsync(Volume volume, RestoreRequest request, EntryView? entry, bool isRoot, Jobs.Job job)
    {
        PastTree past;
        string comment;
        if (request.At is { } at)
        {
            past = volume.History.TreeAt(at);
            comment = $"restored as of {at:u}";
        }
        else
        {
            var revision = RevisionViews.Require(volume, request.Revision!).Id;
            past = volume.History.TreeAsOf(revision);
            comment = Comment(revision);
        }
        var folder = isRoot ? EntryId.Root : FolderThen(volume, past, entry, request.Path);
        var restore = new FolderRestore(volume, past, folder);
        IReadOnlyList<RestoreStep> steps = [];
        if (request.IsDryRun)
        {
            steps = volume.ReadTogether(() => restore.Plan(comment));
        }
        else
        {
            await volume.CommitAsync(edit =>
            {
                steps = restore.Plan(comment);
                job.Report(0, steps.Count);
                restore.Apply(edit);
            }).ConfigureAwait(false);
        }
        job.Report(steps.Count, steps.Count);
        return Status(isRoot ? "/" : volume.Reader.PathOf(folder), null, request, steps);
    }

    /// <summary>The folder that a path means: the one that is there now if it was then, else the one that was there then.</summary>
    private static EntryId FolderThen(Volume volume, PastTree past, EntryView? now, string path)
    {
        if (now is not null && past.Find(now.Id) is not null) return now.Id;
        if (past.Resolve(EntryName.FromDisplay(path), out _) is not { } then)
        {
            if (now is null) VolumePaths.Require(volume, path);
            throw new PeerDriveException(ErrorKind.NotFound, $"'{path}' did not exist then.");
        }
        if (!then.IsFolder) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{path}' was no folder then.");
        // Where something else took the place, neither may push the other aside.
        if (now is { IsLive: true })
            throw new PeerDriveException(ErrorKind.Conflict, $"'{path}' was another folder then, which is {(volume.Reader.Require(then.Id).IsLive ? $"{volume.Reader.PathOf(then.Id)} now" : "in the trash")}. Restore the folder above it.");
        return then.Id;
    }

    private static RevisionView AsOf(Volume volume, EntryView entry, DateTimeOffset at)
    {
        var limit = EntryViews.Nanoseconds(at);
        var found = volume.Reader.History(entry.Document).Where(view => view.Time <= limit).ToList();
        return found.Count > 0 ? found.MaxBy(view => view.Time) : throw new PeerDriveException(ErrorKind.NotFound, $"'{entry.ShownName}' did not exist at {at:u}.");
    }

    private static string Comment(RevisionId revision) => $"restored {revision.ToHex()[..12]}";

    private static RestoreStatus Status(string path, RevisionId? revision, RestoreRequest request, IReadOnlyList<RestoreStep> steps) => new(
        path, revision?.ToHex(), request.IsDryRun, Count(steps, RestoreAction.Undelete), Count(steps, RestoreAction.Move), Count(steps, RestoreAction.Revise),
        Count(steps, RestoreAction.Delete),
        [.. steps.Select(step => new RestoredEntry(ActionText(step.Action), step.Path, step.From))]);

    private static int Count(IReadOnlyList<RestoreStep> steps, RestoreAction action) => steps.Count(step => step.Action == action);

    private static string ActionText(RestoreAction action) => action switch
    {
        RestoreAction.Undelete => "undelete",
        RestoreAction.Move => "move",
        RestoreAction.Revise => "revise",
        _ => "delete",
    };
}
