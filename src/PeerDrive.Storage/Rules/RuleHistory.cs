using System.Collections.Immutable;
using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Rules;

/// <summary>Brings the histories of one document on both sides together, as far as a rule wants that.</summary>
internal sealed class RuleHistory(SyncRule rule, RuleSide source, RuleSide target, Action<EntryView, RuleSide, RuleProblemKind, string> report, RuleTurns turns, TimeProvider time)
{
    private readonly DocumentCarrier forth = new(source.Volume, target.Volume, turns, time), back = new(target.Volume, source.Volume, turns, time);

    /// <summary>A person's word for one document that changed on both sides; it counts once.</summary>
    public RuleChoice? Choice { get; set; }

    /// <summary>Contents without which what was planned last cannot be: it is planned again when they are copied.</summary>
    public List<ContentNeed> Needs { get; } = [];

    /// <summary>What one side lacks of a document, to be added through an entry there; nothing when the other side has something of its own, which is settled afterwards. Null: <see cref="Needs"/>.</summary>
    public ImmutableArray<Revision>? Missing(RuleSide from, DocumentId document)
    {
        var to = from == source ? target : source;
        if (!to.Reader.Heads(document).All(head => from.Reader.FindRevision(head.Id) is not null)) return [];
        return Bring(from, document);
    }

    /// <summary>The next change that the document needs on one side; null: none, or <see cref="Needs"/>.</summary>
    public RuleStep? Plan(EntryView there, EntryView here)
    {
        var (sources, targets) = (source.Reader.Heads(there.Document), target.Reader.Heads(here.Document));
        var isForth = sources.All(head => target.Reader.FindRevision(head.Id) is not null);
        var isBack = targets.All(head => source.Reader.FindRevision(head.Id) is not null);
        if (rule.Direction == RuleDirection.Mirror) return Mirror(there, here, isForth, isBack);
        if (isForth && isBack)
        {
            if (targets.Count > 1) report(there, source, RuleProblemKind.Conflict, $"It is in conflict on both sides; 'peerdrive resolve' in {source.Volume.Name} or {target.Volume.Name} settles it.");
            return null;
        }
        if (isForth) return rule.Direction == RuleDirection.TwoWay && Bring(target, here.Document) is { } news ? Carry(target, source, there, news, null) : null;
        if (isBack) return Bring(source, there.Document) is { } news ? Carry(source, target, here, news, null) : null;
        if (Choice is null && rule.Strategy == RuleStrategy.FastForward)
        {
            report(there, source, RuleProblemKind.BothChanged, "It changed on both sides, and this rule only goes forward: resolve it, or skip it.");
            return null;
        }
        return Join(there, here);
    }

    private ImmutableArray<Revision>? Bring(RuleSide from, DocumentId document)
    {
        var carrier = from == source ? forth : back;
        var missing = carrier.Missing(document);
        return AreHere(carrier, missing) ? missing : null;
    }

    private bool AreHere(DocumentCarrier carrier, ImmutableArray<Revision> revisions)
    {
        var needs = carrier.Needs(revisions);
        Needs.AddRange(needs);
        return needs.Count == 0;
    }

    private static RuleStep Carry(RuleSide from, RuleSide to, EntryView entry, ImmutableArray<Revision> revisions, Action<VolumeEdit>? then) => new(
        to, entry.Id, entry, entry.Document, edit =>
        {
            foreach (var revision in revisions) edit.Carry(revision, entry.Id);
            then?.Invoke(edit);
        })
    {
        Heads = [.. to.Reader.Heads(entry.Document).Select(head => head.Id)],
    };

    /// <summary>The target is to show what the source shows; what it has of its own stays in its history.</summary>
    private RuleStep? Mirror(EntryView there, EntryView here, bool isForth, bool isBack)
    {
        if ((isForth ? [] : Bring(source, there.Document)) is not { } missing) return null;
        if (isBack) return isForth ? null : Carry(source, target, here, missing, null);
        if (there.Shown is not { } shown || source.Reader.Revision(shown.Id) is not { } wanted) return null;
        if (isForth && target.Reader.ShownState(here).SameAs(wanted.State)) return null;
        if (isForth && !AreHere(forth, [wanted])) return null;
        return Carry(source, target, here, missing, edit => edit.Revise(
            here.Id, wanted.State, [.. target.Reader.Heads(here.Document).Select(head => head.Id)], $"as in {source.Volume.Name}"));
    }

    /// <summary>Both sides have something of their own: the target gets all of it, and what joins it.</summary>
    private RuleStep? Join(EntryView there, EntryView here)
    {
        if (Bring(source, there.Document) is not { } missing) return null;
        var all = Revisions(source, there.Document).Concat(Revisions(target, here.Document)).DistinctBy(revision => revision.Id).ToDictionary(revision => revision.Id);
        var heads = HeadSet.Of(all.ToDictionary(pair => pair.Key, pair => new RevisionNode(pair.Value.Parents, pair.Value.IsMerge, pair.Value.Fields.Time)));
        var parents = heads.MergeParents();
        // Merges of the same parents: one of them goes by itself.
        if (parents.Length < 2) return Carry(source, target, here, missing, null);
        if (parents.Length > ModelLimits.Parents)
        {
            report(there, source, RuleProblemKind.Failed, $"It has {parents.Length} versions that nobody brought together; resolve some of them first.");
            return null;
        }
        // By what every device sees of them, whatever the volume: all make the same one.
        var ordered = parents.Select(id => all[id]).OrderBy(revision => revision.Fields.Time).ThenBy(revision => revision.Id).ToList();
        if (Choice is RuleChoice.Source or RuleChoice.Target)
        {
            var (side, entry) = Choice == RuleChoice.Source ? (source, there) : (target, here);
            var state = side.Reader.ShownState(entry);
            return Carry(source, target, here, missing, edit => edit.Revise(here.Id, state, [.. target.Reader.Heads(here.Document).Select(head => head.Id)], $"as in {side.Volume.Name}"));
        }
        var joined = rule.Strategy == RuleStrategy.Latest && Choice is null ? ordered[^1].State : Merged(heads.MergeBases(parents), all, ordered);
        if (joined is null) return Carry(source, target, here, missing, null);
        var merge = RevisionMerge.Create(ordered, joined);
        return Carry(source, target, here, missing, edit =>
        {
            if (target.Reader.FindRevision(merge.Id) is null) edit.Merge(merge, here.Id);
        });
    }

    private RevisionState? Merged(ImmutableArray<RevisionId> bases, Dictionary<RevisionId, Revision> all, List<Revision> ordered)
    {
        var state = new MergeComputation(target.Volume).Merge(bases, all, [.. ordered.Select(revision => revision.State)], out var isOpen);
        if (isOpen) throw new PeerDriveException(ErrorKind.NotHere, "A version that the merge begins from is not here; it is tried again when it is.");
        return state;
    }

    private static IEnumerable<Revision> Revisions(RuleSide side, DocumentId document) => side.Reader.History(document).Select(view => side.Reader.Revision(view.Id)).OfType<Revision>();
}
