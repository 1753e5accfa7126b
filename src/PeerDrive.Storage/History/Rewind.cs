using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.History;

/// <summary>
/// Undoes changes and keeps what others did since: every entry and document that they touched goes to where the tree without them has it. All as
/// new operations, some thousand in one commit; what is broken off is gone on with by doing it again.
/// </summary>
public sealed class Rewind
{
    /// <summary>Entries that one commit takes.</summary>
    private const int Batch = 2_000;

    private readonly Volume volume;
    private readonly RewindScope scope;
    private readonly UndoneChanges undone;
    private readonly string comment;

    /// <param name="comment">Of the new revisions.</param>
    public Rewind(Volume volume, RewindScope scope, string comment)
    {
        this.volume = volume;
        this.scope = scope;
        this.comment = comment;
        undone = volume.History.Undone(scope);
    }

    /// <summary>What would be done now.</summary>
    public IReadOnlyList<RewindStep> Plan() => [.. Targets().SelectMany(target => StepsFor(target).Select(step => step.Told))];

    /// <summary>Does it.</summary>
    /// <param name="report">Told how many entries are done, of how many.</param>
    public async Task<IReadOnlyList<RewindStep>> RunAsync(Action<long, long> report, CancellationToken cancellation)
    {
        var targets = Targets();
        var told = new List<RewindStep>();
        for (var done = 0; done < targets.Count; done += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            report(done, targets.Count);
            var batch = targets.GetRange(done, Math.Min(Batch, targets.Count - done));
            List<(RewindStep Told, Action<VolumeEdit>? Do)> steps = [];
            await volume.CommitAsync(edit =>
            {
                // What is planned is of one state: each edit would make all that was found of the past be found anew.
                steps = [.. batch.SelectMany(StepsFor)];
                foreach (var (_, act) in steps) act?.Invoke(edit);
            });
            told.AddRange(steps.Select(step => step.Told));
        }
        report(targets.Count, targets.Count);
        return told;
    }

    /// <summary>Entries to look at: what comes back first, each folder before what is in it; what goes last, each after what is in it.</summary>
    private List<EntryId> Targets()
    {
        var entries = undone.Entries.ToHashSet();
        foreach (var document in undone.Documents.Keys)
        {
            var named = volume.Reader.EntriesOf(document);
            if (!named.Any(entry => entries.Contains(entry.Id)) && named is [var first, ..]) entries.Add(first.Id);
        }
        var ordered = new List<(EntryId Entry, bool Goes, int Depth)>();
        foreach (var entry in entries)
        {
            if (!IsInScope(entry)) continue;
            if (undone.Without.PathOf(entry) is { } then) ordered.Add((entry, false, then.Count(c => c == '/')));
            else if (volume.Reader.Get(entry) is { IsLive: true }) ordered.Add((entry, true, -volume.Reader.PathOf(entry).Count(c => c == '/')));
        }
        return [.. ordered.OrderBy(target => target.Goes).ThenBy(target => target.Depth).ThenBy(target => target.Entry).Select(target => target.Entry)];
    }

    private bool IsInScope(EntryId entry)
    {
        if (scope.Below == EntryId.Root) return true;
        for (var at = entry; at != EntryId.Root && at != EntryId.LostAndFound;)
        {
            if (at == scope.Below) return true;
            if (volume.Reader.Get(at) is not { } view) break;
            at = view.Parent;
        }
        for (var at = undone.Without.Find(entry); at is not null; at = undone.Without.Find(at.Parent))
        {
            if (at.Id == scope.Below) return true;
        }
        return false;
    }

    private IEnumerable<(RewindStep Told, Action<VolumeEdit>? Do)> StepsFor(EntryId entry)
    {
        if (volume.Reader.Get(entry) is not { } now) return [];
        return undone.Without.Find(entry) is { } then ? BringBack(now, then) : now.IsLive ? TakeAway(now) : [];
    }

    private List<(RewindStep Told, Action<VolumeEdit>? Do)> BringBack(EntryView now, PastEntry then)
    {
        var steps = new List<(RewindStep, Action<VolumeEdit>?)>();
        var path = undone.Without.PathOf(then.Id) ?? volume.Reader.PathOf(then.Id);
        void Place(VolumeEdit edit) => edit.Place(then.Id, then.Parent, then.Name, then.Document, then.IsFolder);
        if (then.Parent == EntryId.LostAndFound)
        {
            path = volume.Reader.PathOf(now.Id);
            if (now.IsLive) steps.Add((new RewindStep(RewindAction.Keep, now.Id, path, null, "put by another into a folder that is undone, which stays too"), null));
        }
        else if (!now.IsLive)
        {
            steps.Add((new RewindStep(RewindAction.Undelete, now.Id, path, null, null), Place));
        }
        else if (now.Parent != then.Parent || now.Name != then.Name || now.Document != then.Document)
        {
            steps.Add((new RewindStep(RewindAction.Move, now.Id, path, volume.Reader.PathOf(now.Id), null), Place));
        }
        AddRevision(steps, now, then, path);
        return steps;
    }

    private void AddRevision(List<(RewindStep, Action<VolumeEdit>?)> steps, EntryView now, PastEntry then, string path)
    {
        if (!undone.Documents.TryGetValue(then.Document, out var revisions) || then.Shown is not { } shown || volume.Reader.Revision(shown.Id) is not { } old) return;
        var heads = volume.Reader.Heads(then.Document);
        var hasUndoneHead = heads.Any(head => revisions.Contains(head.Id));
        if (heads is [var current, ..] && current.Id == shown.Id && !hasUndoneHead)
        {
            var earliest = revisions.Select(volume.Reader.FindRevision).Min(revision => revision?.Time ?? long.MaxValue);
            // What was made before those that are undone is just what it was.
            if (shown.Time < earliest || old.Fields.Comment == comment) return;
            var maker = volume.Reader.MakerOf(shown.Id) is { } device ? volume.Members.DeviceName(device) : "a merge";
            steps.Add((new RewindStep(RewindAction.Keep, now.Id, path, null, $"changed later by {maker}"), null));
            return;
        }
        if (heads is [var same, ..] && (heads.Count == 1 || !hasUndoneHead) && volume.Reader.Revision(same.Id) is { } newest && newest.State.SameAs(old.State)) return;
        steps.Add((
            new RewindStep(RewindAction.Revise, now.Id, path, null, null),
            edit => edit.Revise(now.Id, old.State, [.. volume.Reader.Heads(then.Document).Select(head => head.Id)], comment)));
    }

    /// <summary>Of what the others' changesets do not have.</summary>
    private List<(RewindStep Told, Action<VolumeEdit>? Do)> TakeAway(EntryView now)
    {
        var path = volume.Reader.PathOf(now.Id);
        if (undone.Documents.ContainsKey(now.Document) && undone.Without.ShownOf(now.Document) is { } edited && undone.Without.EntryOf(now.Document) is null
            && !undone.Without.WasPlaced(now.Id) && volume.Reader.MakerOf(edited.Id) is { } device)
            return [(new RewindStep(RewindAction.Keep, now.Id, path, null, $"changed later by {volume.Members.DeviceName(device)}"), null)];
        if (now.IsFolder && HoldsOthers(now.Id))
            return [(new RewindStep(RewindAction.Keep, now.Id, path, null, "holds what others put there"), null)];
        return [(new RewindStep(RewindAction.Delete, now.Id, path, null, null), edit => edit.DeleteOnly(now))];
    }

    /// <summary>Whether something in a folder stays when all that is undone is gone.</summary>
    private bool HoldsOthers(EntryId folder)
    {
        foreach (var child in volume.Reader.List(folder))
        {
            if (!undone.Entries.Contains(child.Id) || undone.Without.Find(child.Id) is { Parent: var parent } && parent == EntryId.LostAndFound) return true;
            if (undone.Without.Find(child.Id) is null && TakeAway(child) is [{ Told.Action: RewindAction.Keep }]) return true;
        }
        return false;
    }
}
