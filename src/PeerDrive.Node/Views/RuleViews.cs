using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Rules;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Views;

/// <summary>Rules as the API shows them.</summary>
internal static class RuleViews
{
    public static RuleStatus Of(NodeCore core, KeptRule kept)
    {
        var rule = kept.Rule();
        var state = core.Rules.StateOf(kept);
        var (source, target) = (Find(core, kept.Source), Find(core, kept.Target));
        var isLacking = source is null || target is null;
        IReadOnlyList<RuleProblem> problems = isLacking ? [] : state.Problems;
        return new RuleStatus(
            kept.Id, source?.Name ?? kept.Source, Path(source, rule.File?.Source ?? rule.Source), target?.Name ?? kept.Target, Path(target, rule.File?.Target ?? rule.Target), kept.Direction, kept.Strategy, kept.Only, kept.Except,
            state.IsRunning ? "running" : kept.IsPaused ? "paused" : isLacking ? "waiting" : state.Failure is not null ? "failed" : state.LastRun is null ? "waiting" : problems.Count > 0 ? "problems" : "in-step",
            isLacking ? "One of its volumes is not on this device." : state.Failure, state.LastRun, state.Changed,
            isLacking ? [] : [.. problems.Select(problem => Of(source!, target!, problem))],
            isLacking ? [] : [.. new RuleMemory(source!, kept.Id).Skipped.Select(document => PathOf(source!, document) ?? PathOf(target!, document) ?? document.ToHex()).Order(StringComparer.Ordinal)])
        {
            IsFile = kept.IsFile,
        };
    }

    public static RuleProblemStatus Of(Volume source, Volume target, RuleProblem problem)
    {
        // In the source, unless only the target has it.
        var isSource = source.Reader.Get(problem.Entry) is { } entry && entry.Document == problem.Document && (entry.IsLive || target.Reader.Get(problem.Entry) is null);
        return new RuleProblemStatus((isSource ? source : target).Name, problem.Path, problem.Document.ToHex(), problem.Kind.ToString(), problem.Message);
    }

    private static Volume? Find(NodeCore core, string id) => core.Volumes.All.FirstOrDefault(volume => volume.Id.ToHex() == id);

    private static string Path(Volume? volume, EntryId entry) => entry == EntryId.Root ? "/" : volume?.Reader.PathOf(entry) ?? entry.ToHex();

    private static string? PathOf(Volume volume, DocumentId document) => volume.Reader.EntriesOf(document) is [var entry, ..] ? volume.Reader.PathOf(entry.Id) : null;
}
