using System.Collections.Immutable;
using System.Threading.Channels;
using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Storage.Volumes;

/// <summary>
/// Merges the heads of documents in the background, by the volume's rule. The device that made the newest head merges at
/// once, others after a while and only if no merge came: all would make the same revision, but one is enough. Merges that
/// others made are computed again and judged.
/// </summary>
public sealed class VolumeMerger(Volume volume, TimeProvider time, Random random) : IAsyncDisposable
{
    private static readonly TimeSpan MinWait = TimeSpan.FromMilliseconds(500), MaxWait = TimeSpan.FromSeconds(5);

    private readonly Dictionary<DocumentId, long> due = [];
    private readonly MergeComputation computation = new(volume);
    private readonly MergeJudge judge = new(volume);
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    public void Start() => loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var changes = volume.Subscribe();
        using var timer = time.CreateTimer(_ => changes.Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            Consider(volume.Reader.Conflicts().Select(entry => entry.Document));
            judge.Look(anew: true);
            while (true)
            {
                foreach (var document in due.Where(pair => pair.Value <= time.GetTimestamp()).Select(pair => pair.Key).ToList())
                {
                    due.Remove(document);
                    await MergeAsync(document);
                }
                timer.Change(due.Count == 0 ? Timeout.InfiniteTimeSpan : Pause(due.Values.Min()), Timeout.InfiniteTimeSpan);
                var change = await changes.NextAsync(stop.Token);
                // What arrived may be what a merge waited for.
                Consider(change.IsOverflow || change.Contents.Count > 0
                    ? volume.Reader.Conflicts().Select(entry => entry.Document)
                    : volume.Reader.ConflictsAmong(change.Documents));
                judge.Look(change.IsOverflow, change.Contents.Count > 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    /// <summary>Until a timestamp, in whole milliseconds, as delays drop the rest and would end before it.</summary>
    private TimeSpan Pause(long until) => TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(time.GetElapsedTime(time.GetTimestamp(), until).TotalMilliseconds)));

    private void Consider(IEnumerable<DocumentId> documents)
    {
        foreach (var document in documents)
        {
            var heads = volume.Reader.Heads(document);
            if (heads.Count < 2)
            {
                due.Remove(document);
                continue;
            }
            var isOurs = volume.Reader.Revision(heads[0].Id)?.Fields.Author == volume.Device;
            var wait = isOurs ? TimeSpan.Zero : MinWait + (MaxWait - MinWait) * random.NextDouble();
            // Timestamps: a clock that is set must not put a merge off for years.
            due.TryAdd(document, time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency));
        }
    }

    private async Task MergeAsync(DocumentId document)
    {
        try
        {
            if (volume.OwnRole < Role.Writer || Plan(document) is not { } merge) return;
            await volume.CommitAsync(edit =>
            {
                // What came meanwhile is considered anew when its change is read.
                if (volume.Reader.Revision(merge.Id) is null) edit.Merge(merge, null);
            });
        }
        catch (PeerDriveException)
        {
            // The heads stay, which loses nothing and shows as a conflict; the document's next change tries again.
        }
    }

    /// <summary>The merge of a document's heads; null when they stay: a conflict, or contents that are not here yet.</summary>
    private Revision? Plan(DocumentId document)
    {
        var rule = volume.Setting(VolumeSettings.MergeRule) ?? "merge";
        if (rule == "manual") return null;
        var revisions = volume.Reader.History(document).Select(view => volume.Reader.Revision(view.Id)).OfType<Revision>().ToDictionary(revision => revision.Id);
        var heads = HeadSet.Of(revisions.ToDictionary(pair => pair.Key, pair => new RevisionNode(pair.Value.Parents, pair.Value.IsMerge, pair.Value.Fields.Time)));
        if (heads.Heads.Length < 2) return null;
        var parents = heads.MergeParents();
        if (parents.Length is < 2 or > ModelLimits.Parents || !parents.All(revisions.ContainsKey)) return null;
        var ordered = parents.OrderBy(id => volume.Reader.OrderOf(id)).Select(id => revisions[id].State).ToList();
        var state = rule == "latest" ? ordered[^1] : computation.Merge(heads.MergeBases(parents), revisions, ordered, out _);
        return state is null ? null : RevisionMerge.Create([.. parents.Select(id => revisions[id])], state);
    }
}
