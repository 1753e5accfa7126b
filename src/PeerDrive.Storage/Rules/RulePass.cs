using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>
/// Brings the two folders of a rule into step once: all of them, or what changed. Documents keep their identity, revisions their ids, so a pass that was broken off is simply made
/// again, and rules that lead in a ring end. Of places the last word of a person counts (<see cref="PlaceStamps"/>), and an edit that the deleter never saw beats a delete.
/// One pass of a rule at a time; passes of several rules take turns in a volume step by step, and none has a turn while it waits for a content.
/// </summary>
public sealed class RulePass
{
    /// <summary>Entries, and bytes of contents copied for them, that are committed together.</summary>
    private const int BatchEntries = 200;
    private const long BatchBytes = 64 << 20;

    /// <summary>Looks at one document in a pass: for its place, for its history forth and back, and for each again when contents were copied.</summary>
    private const int MaxRounds = 10;

    private readonly SyncRule rule;
    private readonly RuleMemory memory;
    private readonly RuleSide source, target;
    private readonly RuleTurns turns;
    private readonly RuleHistory history;
    private readonly RulePairs pairs;
    private readonly HashSet<DocumentId> skipped, left = [], looked = [];
    private readonly Dictionary<DocumentId, RuleProblem> problems = [];
    private readonly HashSet<EntryId> done = [];
    private readonly List<EntryId> movedFolders = [];
    private readonly List<RuleWork> emptied = [];
    private long changed;

    public RulePass(SyncRule rule, Volume source, Volume target, RuleMemory memory, RuleTurns turns, TimeProvider time)
    {
        (this.rule, this.memory, this.turns) = (rule, memory, turns);
        this.source = new RuleSide(source, rule.Source, rule.Filter);
        this.target = new RuleSide(target, rule.Target, rule.Filter);
        history = new RuleHistory(rule, this.source, this.target, Report, turns, time);
        pairs = new RulePairs(memory, this.source, this.target);
        skipped = [.. memory.Skipped];
        if (rule.File is { } file && memory.TargetOf(file.Source) != file.Target) memory.Pair(file.Source, file.Target);
    }

    /// <summary>Whether a device may do what a rule asks for, and has what it needs.</summary>
    /// <exception cref="PeerDriveException">Forbidden: no right to write. NotFound: a folder is not there. Busy: a history has not come yet. Unsupported: a feature is lacking.</exception>
    public static void RequireReady(SyncRule rule, Volume source, Volume target)
    {
        if (source.Id == target.Id) throw new PeerDriveException(ErrorKind.Invalid, "A rule is between two volumes; inside one, file documents in a second folder.");
        foreach (var (volume, folder, writes) in new[] { (source, rule.Source, rule.Direction == RuleDirection.TwoWay), (target, rule.Target, true) })
        {
            if (volume.LackedFeatures.Count > 0)
                throw new PeerDriveException(ErrorKind.Unsupported, $"Volume {volume.Name} needs {string.Join(", ", volume.LackedFeatures)}, which this version of PeerDrive has not got. Update PeerDrive on this device.");
            if (volume.Checkpoints.Kept is not null || volume.Members.All.Count == 0)
                throw new PeerDriveException(ErrorKind.Busy, $"The history of volume {volume.Name} has not come yet; the rule waits for it.");
            if (volume.OwnRole < (writes ? Role.Writer : Role.Reader))
                throw new PeerDriveException(ErrorKind.Forbidden, $"This device may not {(writes ? "change" : "read")} volume {volume.Name}, {(writes ? "which the rule writes to" : "which the rule reads")}. Ask an owner of it for the right.");
            if (folder != EntryId.Root && volume.Reader.Get(folder) is not { IsLive: true, IsFolder: true })
                throw new PeerDriveException(ErrorKind.NotFound, $"The folder of the rule in volume {volume.Name} is gone: undelete it, or remove the rule.");
        }
    }

    /// <summary>Runs until everything that was to be looked at is in step, or named as a problem.</summary>
    /// <param name="scope">Null: all.</param>
    /// <param name="report">Entries that were looked at, of so many.</param>
    /// <exception cref="PeerDriveException">As <see cref="RequireReady"/>, and what stops every change: NoSpace, Io, Cancelled. What was done stays.</exception>
    public async Task<RuleOutcome> RunAsync(RuleScope? scope, Action<long, long> report, CancellationToken cancellation)
    {
        RequireReady(rule, source.Volume, target.Volume);
        var open = scope is null ? All() : Changed(scope);
        long count = 0;
        while (open.Count > 0)
        {
            var total = count + open.Count;
            foreach (var batch in Batches(open))
            {
                cancellation.ThrowIfCancellationRequested();
                await DoAsync(batch, cancellation);
                report(count += batch.Count, total);
            }
            open = scope is null ? [] : Below(movedFolders);
            movedFolders.Clear();
            if (open.Count > 0) continue;
            await RemoveEmptiedAsync(cancellation);
            movedFolders.Clear();
        }
        memory.Flush();
        return new RuleOutcome(changed, left.Count, [.. problems.Values], looked);
    }

    /// <summary>Settles one document that changed on both sides, as a person says.</summary>
    /// <param name="entry">Its entry in the source.</param>
    /// <exception cref="PeerDriveException">Invalid: the rule's filter leaves it out. Otherwise as <see cref="RunAsync"/>.</exception>
    public async Task<RuleOutcome> ResolveAsync(EntryId entry, RuleChoice choice, CancellationToken cancellation)
    {
        var (there, here, _) = pairs.Of(new RuleWork(entry, true, false, 0));
        if (IsLeftOut(there, here)) throw new PeerDriveException(ErrorKind.Invalid, "The rule's filter leaves it out, on one side or both; 'peerdrive rule show' tells the patterns.");
        history.Choice = choice;
        skipped.Clear();
        return await RunAsync(new RuleScope([entry], []), (_, _) => { }, cancellation);
    }

    private List<RuleWork> All() => rule.File is { } file ? [new RuleWork(file.Source, true, false, 0)]
        : [.. Works(source, source.Folder), .. rule.Direction == RuleDirection.OneWay ? [] : Works(target, target.Folder)];

    private IEnumerable<RuleWork> Works(RuleSide side, EntryId folder) =>
        side.Below(folder, id => pairs.CounterpartOf(side, id) is not null).Select(found => new RuleWork(found.Entry.Id, side == source, found.Entry.IsFolder, found.Depth));

    private List<RuleWork> Changed(RuleScope scope)
    {
        if (rule.File is { } file) return scope.Source.Contains(file.Source) || scope.Target.Contains(file.Target) ? All() : [];
        var works = new Dictionary<(EntryId, bool), RuleWork>();
        foreach (var entry in scope.Source) Add(source, entry, leads: false);
        foreach (var entry in scope.Target) Add(target, entry, leads: false);
        return [.. works.Values];

        void Add(RuleSide side, EntryId id, bool leads)
        {
            var isSource = side == source;
            if (side.Reader.Get(id) is not { } view || (leads && works.ContainsKey((id, isSource)))) return;
            var depth = side.DepthOf(view);
            var isKnown = pairs.CounterpartOf(side, id) is not null;
            if (depth == 0 && !isKnown) return;
            var reach = side.ReachOf(view);
            if (reach != RuleReach.Between || isKnown || leads) AddWork(new RuleWork(id, isSource, view.IsFolder, depth));
            // A folder that got another name may have brought what is in it into the filter.
            if (!leads && !rule.Filter.IsNone && reach != RuleReach.Out && view is { IsFolder: true, IsLive: true } && Works(side, id).ToList() is { Count: > 0 } inside)
            {
                foreach (var work in inside) works.TryAdd((work.Entry, isSource), work);
                if (depth > 0) AddWork(new RuleWork(id, isSource, true, depth));
            }

            void AddWork(RuleWork work)
            {
                works[(id, isSource)] = work;
                // A folder that is not known to the other side comes before what is in it.
                if (depth > 1 && reach != RuleReach.Out && pairs.CounterpartOf(side, view.Parent) is null) Add(side, view.Parent, leads: true);
            }
        }
    }

    /// <summary>What is in folders that came or went: it comes or goes with them.</summary>
    private List<RuleWork> Below(List<EntryId> folders)
    {
        var works = new List<RuleWork>();
        foreach (var side in new[] { source, target })
        {
            foreach (var folder in folders.Distinct().Where(id => side.Reader.Get(id) is not null)) works.AddRange(Works(side, folder));
        }
        done.ExceptWith(works.Select(work => work.Entry));
        return works;
    }

    /// <summary>Folders from the top down, each level by itself, then everything else.</summary>
    private static IEnumerable<List<RuleWork>> Batches(List<RuleWork> works)
    {
        foreach (var group in works.GroupBy(work => work.IsFolder ? work.Depth : int.MaxValue).OrderBy(group => group.Key))
        {
            foreach (var batch in group.Chunk(BatchEntries)) yield return [.. batch];
        }
    }

    private async Task DoAsync(List<RuleWork> batch, CancellationToken cancellation)
    {
        for (var round = 0; round < MaxRounds && batch.Count > 0; round++)
        {
            var (again, waiting) = await StepAsync(batch, cancellation);
            var ready = new List<RuleWork>();
            long bytes = 0;
            for (var at = 0; at < waiting.Count; at++)
            {
                var (work, needs) = waiting[at];
                if (await TryCopyAsync(work, needs, cancellation))
                {
                    ready.Add(work);
                    bytes += needs.Sum(need => (long)need.Content.Size);
                }
                if (bytes < BatchBytes && at < waiting.Count - 1) continue;
                var (more, still) = await StepAsync(ready, cancellation);
                again.AddRange(more);
                foreach (var (late, _) in still)
                {
                    // Looked at once more; the last word if there is no more time for that.
                    ReportFailed(late, new PeerDriveException(ErrorKind.NotHere, "It changed, or its content went again, while that was copied; it is tried again."));
                    again.Add(late);
                }
                ready.Clear();
                bytes = 0;
            }
            batch = again;
        }
    }

    /// <summary>One step: looks at entries and makes the next change of each, for which it waits for nothing.</summary>
    /// <returns>Those to look at again, and those that contents have to be copied for.</returns>
    private async Task<(List<RuleWork> Again, List<(RuleWork Work, IReadOnlyList<ContentNeed> Needs)> Waiting)> StepAsync(List<RuleWork> works, CancellationToken cancellation)
    {
        var again = new List<RuleWork>();
        var waiting = new List<(RuleWork, IReadOnlyList<ContentNeed>)>();
        if (works.Count == 0) return (again, waiting);
        using var turn = await turns.TakeAsync(source.Volume, target.Volume, cancellation);
        var steps = new List<RuleStep>();
        foreach (var work in works)
        {
            history.Needs.Clear();
            var step = TryPlan(work);
            if (history.Needs.Count > 0) waiting.Add((work, [.. history.Needs]));
            if (step is null) continue;
            steps.Add(step);
            again.Add(work);
            if (work.IsFolder && step.Stamp is not null) movedFolders.AddRange([work.Entry, step.Entry]);
        }
        await CommitAsync(steps);
        memory.Flush();
        return (again, waiting);
    }

    /// <returns>False: it is named as a problem.</returns>
    private async Task<bool> TryCopyAsync(RuleWork work, IReadOnlyList<ContentNeed> needs, CancellationToken cancellation)
    {
        try
        {
            foreach (var need in needs) await need.Carrier.CopyAsync(need.Content, cancellation);
            return true;
        }
        catch (PeerDriveException e) when (!StopsAll(e.Kind))
        {
            ReportFailed(work, e);
            return false;
        }
    }

    /// <summary>Deletes folders after what was in them, the deepest first. One that still has something stays: a folder lives as long as what is in it.</summary>
    private async Task RemoveEmptiedAsync(CancellationToken cancellation)
    {
        var works = emptied.Distinct().ToList();
        done.Clear();
        foreach (var level in works.GroupBy(work => work.Depth).OrderByDescending(group => group.Key)) await DoAsync([.. level], cancellation);
        emptied.Clear();
    }

    private RuleStep? TryPlan(RuleWork work)
    {
        try
        {
            return Plan(work);
        }
        catch (PeerDriveException e) when (!StopsAll(e.Kind))
        {
            ReportFailed(work, e);
            return null;
        }
    }

    private void ReportFailed(RuleWork work, PeerDriveException e)
    {
        var side = work.IsSource ? source : target;
        if (side.Reader.Get(work.Entry) is { } view) Report(view, side, e.Kind == ErrorKind.NotHere ? RuleProblemKind.NotHere : RuleProblemKind.Failed, e.Message);
    }

    private RuleStep? Plan(RuleWork work)
    {
        var (there, here, isKnown) = pairs.Of(work);
        if ((there ?? here) is not { } any) return null;
        if (there is not null && work.IsSource) done.Add(there.Id);
        if (there is not null && !work.IsSource && done.Contains(there.Id)) return null;
        looked.Add(any.Document);
        problems.Remove(any.Document);
        if (IsLeftOut(there, here)) return null;
        if (skipped.Contains(any.Document))
        {
            left.Add(any.Document);
            return null;
        }
        if (rule.File is not null) return PlanFile(there, here);
        if (WentLeftOut(source, there) || WentLeftOut(target, here)) isKnown = false;
        switch (source.Has(there), target.Has(here))
        {
            case (true, true):
                memory.Pair(there!.Id, here!.Id);
                return PlanPlace(there, here) ?? (there.Document == here.Document ? history.Plan(there, here) : null);
            case (true, false):
                if (here is null || !isKnown || rule.Direction == RuleDirection.Mirror || Outlives(source, there!, target, here)) return Add(source, target, there!, here);
                return rule.Direction == RuleDirection.TwoWay ? Delete(work, source, there!, target.ComingOf(here)) : null;
            case (false, true):
                if (rule.Direction == RuleDirection.OneWay) return null;
                if (rule.Direction == RuleDirection.Mirror) return Delete(work, target, here!, target.StampOf(here!) + 1);
                return there is null || !isKnown || Outlives(target, here!, source, there) ? Add(target, source, here!, there) : Delete(work, target, here!, source.ComingOf(there));
            default:
                return null;
        }
    }

    /// <summary>Of a rule for one file, wherever both entries are.</summary>
    private RuleStep? PlanFile(EntryView? there, EntryView? here)
    {
        var (isThere, isHere) = (there is { IsLive: true }, here is { IsLive: true });
        if (isThere && isHere && there!.Document == here!.Document) return history.Plan(there, here);
        var (about, side) = isThere || here is null ? (there!, source) : (here, target);
        if (isThere && isHere) Report(about, side, RuleProblemKind.Failed, $"Another document is in its place in volume {target.Volume.Name}: remove the rule, and replicate it anew.");
        else Report(about, side, RuleProblemKind.Deleted, $"It was deleted in volume {(isThere ? target : source).Volume.Name}: undelete it there, or remove the rule.");
        return null;
    }

    /// <summary>What the filter leaves out on one side rests on both: nothing is carried, moved or deleted, whatever becomes of either.</summary>
    private bool IsLeftOut(EntryView? there, EntryView? here) =>
        (source.Has(there) && source.ReachOf(there!) == RuleReach.Out) || (target.Has(here) && target.ReachOf(here!) == RuleReach.Out);

    /// <summary>Whether an entry was deleted while it was left out, which the rule takes for never having had it.</summary>
    private static bool WentLeftOut(RuleSide side, EntryView? gone) => gone is { IsLive: false } && side.ReachOf(gone) == RuleReach.Out;

    /// <summary>Whether an entry stays though the other side has it no more: it was put there later, or has versions that the other side never saw.</summary>
    private static bool Outlives(RuleSide side, EntryView entry, RuleSide other, EntryView gone) =>
        (!entry.IsFolder && side.Reader.Heads(entry.Document).Any(head => other.Reader.FindRevision(head.Id) is null)) || side.ComingOf(entry) >= other.ComingOf(gone);

    private RuleStep? PlanPlace(EntryView there, EntryView here)
    {
        if (rule.KeepsPlaces || pairs.CounterpartOf(source, there.Parent) is not { } wanted || (here.Parent == wanted && here.Name == there.Name)) return null;
        if (rule.Direction == RuleDirection.Mirror) return Move(target, here, wanted, there.Name, source.StampOf(there), there);
        var (stampThere, stampHere) = (source.StampOf(there), target.StampOf(here));
        if (stampThere == stampHere && here.Name == there.Name)
        {
            // One act of a person put both where they are, by two rules that do not agree on its folder: to move it again would never end.
            Report(there, source, RuleProblemKind.Place, $"Another rule has it in another folder of {target.Volume.Name}: {target.Reader.PathOf(here.Id)}.");
            return null;
        }
        var isSourceLater = stampThere != stampHere ? stampThere > stampHere : there.Name.CompareTo(here.Name) > 0;
        if (isSourceLater) return Move(target, here, wanted, there.Name, stampThere, there);
        if (rule.Direction == RuleDirection.OneWay || pairs.CounterpartOf(target, here.Parent) is not { } back) return null;
        return Move(source, there, back, here.Name, stampHere, there);
    }

    private RuleStep? Move(RuleSide side, EntryView entry, EntryId parent, EntryName name, long stamp, EntryView there)
    {
        if (!IsRoomIn(side, parent, name, entry.Id, there, source)) return null;
        return new RuleStep(side, entry.Id, entry, entry.Document, edit => edit.Place(entry.Id, parent, name, entry.Document, entry.IsFolder)) { Stamp = (true, stamp) };
    }

    private RuleStep? Delete(RuleWork work, RuleSide side, EntryView entry, long stamp)
    {
        if (!entry.IsFolder || side.Reader.List(entry.Id, null, 1).Count == 0) return new RuleStep(side, entry.Id, entry, entry.Document, edit => edit.DeleteOnly(entry)) { Stamp = (false, stamp) };
        emptied.Add(work);
        // Of a pass over changes: what is in it goes, or stays, by itself.
        movedFolders.AddRange([work.Entry, entry.Id]);
        return null;
    }

    /// <summary>Puts what one side has where it belongs on the other, with its history.</summary>
    private RuleStep? Add(RuleSide from, RuleSide to, EntryView entry, EntryView? existing)
    {
        if (pairs.CounterpartOf(from, entry.Parent) is not { } parent)
        {
            Report(entry, from, RuleProblemKind.Place, "The folder that it is in is not on the other side.");
            return null;
        }
        var id = existing?.Id ?? RulePairs.NewId(to, entry);
        if (!IsRoomIn(to, parent, entry.Name, id, entry, from)) return null;
        if (entry.IsFolder && to.Reader.EntriesOf(entry.Document).FirstOrDefault(other => other.Id != id) is { } elsewhere)
        {
            Report(entry, from, RuleProblemKind.Place, $"The same folder is in {to.Volume.Name} already, as {to.Reader.PathOf(elsewhere.Id)}, and a folder has one place only.");
            return null;
        }
        var seen = to.Reader.Get(id);
        var document = existing?.Document ?? entry.Document;
        if ((document == entry.Document ? history.Missing(from, document) : []) is not { } revisions) return null;
        var stamp = from.StampOf(entry);
        if (seen is not null) stamp = Math.Max(stamp, to.ComingOf(seen) + 1);
        if (from == source) memory.Pair(entry.Id, id);
        else memory.Pair(id, entry.Id);
        return new RuleStep(to, id, seen, document, edit =>
        {
            edit.Place(id, parent, entry.Name, document, entry.IsFolder);
            foreach (var revision in revisions) edit.Carry(revision, id);
        })
        {
            Stamp = (true, stamp),
        };
    }

    private bool IsRoomIn(RuleSide side, EntryId parent, EntryName name, EntryId entry, EntryView about, RuleSide aboutSide)
    {
        var isOutside = parent != side.Folder && (side.Reader.Get(parent) is not { } view || side.DepthOf(view) == 0);
        var isLeftOut = !isOutside && side.ReachAt(parent, name, about.IsFolder) == RuleReach.Out;
        if (!isOutside && !isLeftOut && !side.IsBelow(parent, entry)) return true;
        Report(about, aboutSide, RuleProblemKind.Place, isOutside ? $"The folder that it belongs into was moved out of what the rule is for, in {side.Volume.Name}."
            : isLeftOut ? $"In {side.Volume.Name} it would come to where the rule's filter leaves things out."
            : $"In {side.Volume.Name} it would come to lie in itself: folders were moved into each other.");
        return false;
    }

    private async Task CommitAsync(List<RuleStep> all)
    {
        foreach (var side in new[] { target, source })
        {
            var steps = all.Where(step => step.Side == side).ToList();
            if (steps.Count == 0) continue;
            try
            {
                await CommitAsync(side, steps);
            }
            catch (PeerDriveException e) when (!StopsAll(e.Kind))
            {
                // One of them is to blame, and the others need not wait for it.
                foreach (var step in steps) await CommitAloneAsync(side, step);
            }
        }
    }

    private async Task CommitAloneAsync(RuleSide side, RuleStep step)
    {
        try
        {
            await CommitAsync(side, [step]);
        }
        catch (PeerDriveException e) when (!StopsAll(e.Kind))
        {
            problems[step.Document] = new RuleProblem(step.Document, step.Entry, side.Reader.PathOf(step.Entry), RuleProblemKind.Failed, e.Message);
        }
    }

    private async Task CommitAsync(RuleSide side, List<RuleStep> steps)
    {
        var made = new List<RuleStep>();
        await side.Volume.CommitAsync(edit =>
        {
            made.Clear();
            foreach (var step in steps.Where(step => step.Holds()))
            {
                step.Edit(edit);
                made.Add(step);
            }
        });
        changed += made.Count;
        side.Stamps.Note([.. made.Where(step => step.Stamp is not null).Select(step => (step.Entry, step.Stamp!.Value.IsLive, step.Stamp.Value.Origin))]);
    }

    /// <summary>What would fail for every document alike.</summary>
    private static bool StopsAll(ErrorKind kind) => kind is ErrorKind.NoSpace or ErrorKind.Io or ErrorKind.ReadOnly or ErrorKind.Cancelled or ErrorKind.Forbidden or ErrorKind.Unsupported or ErrorKind.Internal;

    private void Report(EntryView entry, RuleSide side, RuleProblemKind kind, string message) =>
        problems[entry.Document] = new RuleProblem(entry.Document, entry.Id, side.Reader.PathOf(entry.Id), kind, message);
}
