using PeerDrive.Client.Contracts;
using PeerDrive.Folders;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Links;
using PeerDrive.Node.Views;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Linked folders: link, unlink, import once, and edits that may not be shared.</summary>
internal static class LinkRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Post("links", new("Links a directory with a folder of a volume.") { Takes = typeof(CreateLink), Answers = typeof(LinkStatus) }, call => LinkAsync(call, node.Core));
        api.Delete("links", new("Ends the link of a directory; its files stay.") { Query = [new("link", "Its id or its directory.") { IsRequired = true }] }, async call =>
        {
            await node.Core.Links.RemoveAsync(call.RequiredQuery("link")).ConfigureAwait(false);
            await call.DoneAsync().ConfigureAwait(false);
        });
        api.Post("import", new("Takes a directory into a volume, once.") { Takes = typeof(ImportRequest), Answers = typeof(JobStatus) }, call => ImportAsync(call, node.Core));
        api.Get("volumes/{volume}/drafts", new("What was written and is no version yet.") { Answers = typeof(IReadOnlyList<DraftStatus>) }, call => call.AnswerAsync(Drafts(node.Core, node.Core.Volumes.Require(call.Route("volume")))));
        api.Post("volumes/{volume}/keep", new("Makes drafts from before a crash versions.") { Takes = typeof(PathRequest) }, call => KeepAsync(call, node.Core));
        api.Post("volumes/{volume}/revert", new("Undoes edits that are no versions.") { Takes = typeof(PathRequest) }, call => RevertAsync(call, node.Core));
    }

    /// <exception cref="PeerDriveException">Invalid.</exception>
    public static SpaceMode ParseSpace(string text) => text switch
    {
        "keep" or "" => SpaceMode.Keep,
        "lean" => SpaceMode.Lean,
        _ => throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no way to use space; there are: keep, lean."),
    };

    private static async Task LinkAsync(ApiCall call, NodeCore core)
    {
        var request = await call.BodyAsync<CreateLink>().ConfigureAwait(false);
        var volume = core.Volumes.Require(request.Volume);
        var (link, space) = await core.Links.AddAsync(
            volume, request.Folder, request.Directory, ParseSpace(request.Space), request.Ignore, request.Force, call.Cancellation).ConfigureAwait(false);
        await call.AnswerAsync(LinkViews.Of(link) with { NeededBytes = space.Needed, FreeBytes = space.Free, Risk = LinkViews.RiskOf(link) }).ConfigureAwait(false);
    }

    private static async Task ImportAsync(ApiCall call, NodeCore core)
    {
        var request = await call.BodyAsync<ImportRequest>().ConfigureAwait(false);
        var volume = core.Volumes.Require(request.Volume);
        if (!Path.IsPathFullyQualified(request.Directory)) throw new PeerDriveException(ErrorKind.Invalid, $"'{request.Directory}' is no absolute path.");
        if (!Directory.Exists(request.Directory)) throw new PeerDriveException(ErrorKind.NotFound, $"{request.Directory} does not exist.");
        // Made at once, so that a wrong folder is refused here and not in the job.
        await NewFolders.RequireAsync(volume, request.Folder).ConfigureAwait(false);
        var kept = new KeptJob("import", request.Directory, $"peerdrive import {request.Directory} {volume.Name}:{request.Folder}", request with { Volume = volume.Id.ToHex() });
        await call.AnswerAsync(JobViews.Of(Import(core, kept, kept.Import!))).ConfigureAwait(false);
    }

    /// <summary>Begins an import, or takes one up again.</summary>
    /// <param name="import">With the volume's id.</param>
    public static Job Import(NodeCore core, KeptJob kept, ImportRequest import)
    {
        var volume = core.Volumes.Require(import.Volume);
        return core.Jobs.Start(kept, "bytes", async (job, cancellation) =>
        {
            var folder = await NewFolders.RequireAsync(volume, import.Folder).ConfigureAwait(false);
            await FolderImport.RunAsync(volume, folder, import.Directory, progress => job.Report(progress.Bytes, 0), cancellation).ConfigureAwait(false);
        });
    }

    private static async Task RevertAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<PathRequest>().ConfigureAwait(false);
        if (request.Path is { } named) request = request with { Path = VolumePaths.PlainPath(volume, named) };
        var links = core.Links.Of(volume).Where(link => link.Folder is not null && (request.Path is null || link.Folder.Drafts.Any(draft => IsAt(draft.Path, request.Path)))).ToList();
        var held = core.Mount.Files is { } files ? await files.RevertAsync(volume, request.Path).ConfigureAwait(false) : 0;
        if (links.Count == 0 && held == 0 && request.Path is not null) throw new PeerDriveException(ErrorKind.NotFound, $"'{request.Path}' has no edit to revert; see 'peerdrive drafts'.");
        foreach (var link in links) await link.Folder!.RevertAsync(request.Path, call.Cancellation).ConfigureAwait(false);
        await call.DoneAsync().ConfigureAwait(false);
    }

    private static async Task KeepAsync(ApiCall call, NodeCore core)
    {
        var volume = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<PathRequest>().ConfigureAwait(false);
        if (request.Path is { } named) request = request with { Path = VolumePaths.PlainPath(volume, named) };
        var kept = core.Mount.Files is { } files ? await files.KeepAsync(volume, request.Path).ConfigureAwait(false) : 0;
        if (kept == 0) throw new PeerDriveException(ErrorKind.NotFound, "There is no such draft of a mounted volume; see 'peerdrive drafts'.");
        await call.DoneAsync().ConfigureAwait(false);
    }

    private static IEnumerable<DraftStatus> Drafts(NodeCore core, Volume volume) => core.Links.Of(volume).SelectMany(link => link.Folder?.Drafts ?? []).Select(Of)
        .Concat((core.Mount.Files?.Drafts(volume) ?? []).Select(draft => new DraftStatus(draft.Path, core.Mount.Directory ?? "", EntryViews.KindText(DocumentKind.File), draft.Size, EntryViews.Time(draft.Mtime))));

    private static bool IsAt(string path, string wanted)
    {
        var folder = wanted.TrimEnd('/');
        return path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
    }

    private static DraftStatus Of(FolderDraft draft) =>
        new(draft.Path, draft.Directory, EntryViews.KindText(draft.Kind), draft.Size, EntryViews.Time(draft.Mtime));
}
