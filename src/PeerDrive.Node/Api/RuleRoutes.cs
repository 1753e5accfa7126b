using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Rules;
using PeerDrive.Node.Views;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Api;

/// <summary>Rules between two volumes, and putting documents into a second one.</summary>
internal static class RuleRoutes
{
    public static void Map(ApiRoutes api, PeerDriveNode node)
    {
        api.Get("rules", new("Rules that keep folders of two volumes in step.") { Answers = typeof(IReadOnlyList<RuleStatus>) }, call => call.AnswerAsync<IReadOnlyList<RuleStatus>>([.. node.Core.Rules.Rules.Select(rule => RuleViews.Of(node.Core, rule))]));
        api.Get("rules/{rule}", new("A rule.") { Answers = typeof(RuleStatus) }, call => call.AnswerAsync(RuleViews.Of(node.Core, node.Core.Rules.Require(call.Route("rule")))));
        api.Post("rules", new("Makes a rule.") { Takes = typeof(RuleRequest), Answers = typeof(RuleStatus) }, call => AddAsync(call, node.Core));
        api.Delete("rules/{rule}", new("Ends a rule; what it brought stays."), async call =>
        {
            await node.Core.Rules.RemoveAsync(node.Core.Rules.Require(call.Route("rule"))).ConfigureAwait(false);
            await call.DoneAsync().ConfigureAwait(false);
        });
        api.Post("rules/{rule}/settle", new("Settles or leaves out one document of a rule.") { Takes = typeof(RuleSettle), Answers = typeof(RuleStatus) }, call => SettleAsync(call, node.Core));
        api.Post("rules/{rule}/{action}", new("Pauses, resumes or runs a rule.") { Answers = typeof(RuleStatus) }, call => ActAsync(call, node.Core));
        api.Post("volumes/{volume}/replicate", new("Puts a file or folder into another volume, as the same documents with their histories.") { Takes = typeof(ReplicateRequest), Answers = typeof(ReplicateStatus) }, call => ReplicateAsync(call, node.Core));
    }

    private static async Task AddAsync(ApiCall call, NodeCore core)
    {
        var request = await call.BodyAsync<RuleRequest>().ConfigureAwait(false);
        var (source, target) = (core.Volumes.Require(request.SourceVolume), core.Volumes.Require(request.TargetVolume));
        var sourceFolder = RequireFolder(source, request.SourcePath);
        var (targetFolder, isNew) = await TargetFolderAsync(target, request.TargetPath).ConfigureAwait(false);
        KeptRule rule;
        try
        {
            rule = core.Rules.Add(source, sourceFolder, target, targetFolder, request);
        }
        catch when (isNew)
        {
            await target.CommitAsync(edit => edit.Delete(targetFolder!.Id)).ConfigureAwait(false);
            throw;
        }
        await call.AnswerAsync(RuleViews.Of(core, rule)).ConfigureAwait(false);
    }

    /// <summary>The folder that a rule brings things into; it is made when nothing but itself is missing.</summary>
    private static async Task<(EntryView? Folder, bool IsNew)> TargetFolderAsync(Volume volume, string path)
    {
        try
        {
            return (RequireFolder(volume, path), false);
        }
        catch (PeerDriveException e) when (e.Kind == ErrorKind.NotFound)
        {
            var (above, name) = VolumePaths.RequireFree(volume, VolumePaths.PlainPath(volume, path));
            EntryView? made = null;
            await volume.CommitAsync(edit => made = edit.Create(above, name, NewFolders.State)).ConfigureAwait(false);
            return (made, true);
        }
    }

    private static EntryView? RequireFolder(Volume volume, string path) => VolumePaths.Resolve(volume, path) switch
    {
        { IsFolder: false } => throw new PeerDriveException(ErrorKind.NotAFolder, $"'{path}' in volume {volume.Name} is not a folder, and a rule is between folders."),
        var folder => folder,
    };

    private static async Task ActAsync(ApiCall call, NodeCore core)
    {
        var rule = core.Rules.Require(call.Route("rule"));
        switch (call.Route("action"))
        {
            case "pause":
                await core.Rules.PauseAsync(rule, true).ConfigureAwait(false);
                break;
            case "resume":
                await core.Rules.PauseAsync(rule, false).ConfigureAwait(false);
                break;
            case "run":
                // It goes on when the one who waits goes away.
                await core.Rules.RunAsync(rule, CancellationToken.None).ConfigureAwait(false);
                break;
            default:
                throw new PeerDriveException(ErrorKind.Invalid, $"'{call.Route("action")}' is nothing to do with a rule; there are: pause, resume, run.");
        }
        await call.AnswerAsync(RuleViews.Of(core, core.Rules.Require(rule.Id))).ConfigureAwait(false);
    }

    private static async Task SettleAsync(ApiCall call, NodeCore core)
    {
        var rule = core.Rules.Require(call.Route("rule"));
        var request = await call.BodyAsync<RuleSettle>().ConfigureAwait(false);
        var (source, target) = core.Rules.VolumesOf(rule);
        var (inSource, entry) = rule.Rule().File is { } file ? EntriesOfFile(source, target, file, request.Path) : EntriesAt(source, target, request.Path);
        var memory = new RuleMemory(source, rule.Id);
        var scope = inSource is not null ? new RuleScope([entry.Id], []) : new RuleScope([], [entry.Id]);
        switch (request.Take)
        {
            case "skip":
                memory.Skip(entry.Document);
                await core.Rules.RunAsync(rule, scope, call.Cancellation).ConfigureAwait(false);
                break;
            case "unskip":
                if (!memory.Unskip(entry.Document)) throw new PeerDriveException(ErrorKind.NotFound, $"'{request.Path}' is not left out by this rule.");
                await core.Rules.RunAsync(rule, scope, call.Cancellation).ConfigureAwait(false);
                break;
            case "source" or "target" or "merge" when inSource is not null:
                memory.Unskip(entry.Document);
                await core.Rules.ResolveAsync(rule, entry.Id, request.Take switch { "source" => RuleChoice.Source, "target" => RuleChoice.Target, _ => RuleChoice.Merge }, call.Cancellation).ConfigureAwait(false);
                break;
            case "source" or "target" or "merge":
                throw new PeerDriveException(ErrorKind.Invalid, $"Only volume {target.Name} has '{request.Path}', so there is nothing to choose between.");
            default:
                throw new PeerDriveException(ErrorKind.Invalid, $"'{request.Take}' settles nothing; there are: source, target, merge, skip, unskip.");
        }
        await call.AnswerAsync(RuleViews.Of(core, rule)).ConfigureAwait(false);
    }

    private static (EntryView? InSource, EntryView Entry) EntriesAt(Volume source, Volume target, string path)
    {
        var inSource = source.Reader.Resolve(EntryName.FromDisplay(path), out _);
        return (inSource, inSource ?? VolumePaths.Require(target, path));
    }

    /// <summary>Of a rule for one file, which may have another path on each side.</summary>
    private static (EntryView? InSource, EntryView Entry) EntriesOfFile(Volume source, Volume target, (EntryId Source, EntryId Target) file, string path)
    {
        var (there, here) = (source.Reader.Get(file.Source), target.Reader.Get(file.Target));
        if (there is not null && source.Reader.PathOf(there.Id) == path) return (there, there);
        if (here is not null && target.Reader.PathOf(here.Id) == path) return (there is { IsLive: true } ? there : null, here);
        throw new PeerDriveException(ErrorKind.NotFound, $"'{path}' is not the file of this rule.");
    }

    private static async Task ReplicateAsync(ApiCall call, NodeCore core)
    {
        var source = core.Volumes.Require(call.Route("volume"));
        var request = await call.BodyAsync<ReplicateRequest>().ConfigureAwait(false);
        var target = core.Volumes.Require(request.ToVolume);
        var entry = VolumePaths.Resolve(source, request.Path);
        var (parent, name) = Place(source, entry, target, request.ToPath);
        var outcome = await core.Rules.ReplicateAsync(source, entry, target, parent, name, CancellationToken.None).ConfigureAwait(false);
        var top = entry is null ? parent : target.Reader.Find(parent, name)!.Id;
        var (files, folders) = Count(source, entry);
        var rule = request.InStep ? KeepInStep(core, source, entry, target, top) : null;
        await call.AnswerAsync(new ReplicateStatus(target.Name, top == EntryId.Root ? "/" : target.Reader.PathOf(top), files, folders, [.. outcome.Problems.Select(problem => RuleViews.Of(source, target, problem))])
        {
            Rule = rule is null ? null : RuleViews.Of(core, rule),
        }).ConfigureAwait(false);
    }

    private static KeptRule KeepInStep(NodeCore core, Volume source, EntryView? entry, Volume target, EntryId top)
    {
        try
        {
            return core.Rules.KeepInStep(source, entry, target, top);
        }
        catch (PeerDriveException e)
        {
            throw new PeerDriveException(e.Kind, $"It was replicated, but is not kept in step: {e.Message}", e);
        }
    }

    /// <summary>The folder and the name there: a folder that is there takes what comes under its own name.</summary>
    private static (EntryId Parent, EntryName Name) Place(Volume source, EntryView? entry, Volume target, string path)
    {
        var there = target.Reader.Resolve(EntryName.FromDisplay(path), out var found);
        if (entry is null)
        {
            if (!found) throw new PeerDriveException(ErrorKind.NotFound, $"All of volume {source.Name} is replicated into a folder that is there; there is no '{path}' in {target.Name}.");
            if (there is { IsFolder: false }) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{path}' in {target.Name} is not a folder.");
            return (there?.Id ?? EntryId.Root, default);
        }
        if (found && there?.Document == entry.Document) return (there.Parent, there.ShownName);
        if (found && there is not { IsFolder: false }) return (there?.Id ?? EntryId.Root, entry.ShownName);
        if (found) throw new PeerDriveException(ErrorKind.AlreadyExists, $"There is already a '{path}' in volume {target.Name}, which is another document; choose another name.");
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var above = VolumePaths.Resolve(target, "/" + string.Join('/', parts[..^1]));
        if (above is { IsFolder: false }) throw new PeerDriveException(ErrorKind.NotAFolder, $"'{target.Reader.PathOf(above.Id)}' in {target.Name} is not a folder.");
        return (above?.Id ?? EntryId.Root, EntryName.Create(EntryName.FromDisplay(parts[^1])));
    }

    private static (long Files, long Folders) Count(Volume volume, EntryView? entry)
    {
        if (entry is { IsFolder: false }) return (1, 0);
        long files = 0, folders = entry is null ? 0 : 1;
        var open = new Stack<EntryId>([entry?.Id ?? EntryId.Root]);
        while (open.TryPop(out var folder))
        {
            foreach (var inside in volume.Reader.List(folder))
            {
                if (!inside.IsFolder) files++;
                else
                {
                    folders++;
                    open.Push(inside.Id);
                }
            }
        }
        return (files, folders);
    }
}
