using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Collecting;
using PeerDrive.Storage.Log;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Retention;

/// <summary>
/// Which old versions this replica keeps, and letting go of the others. Only contents go, and only here: what was recorded of a version stays in the log, and other devices hear
/// of nothing. The rule and the pinned versions are in the state database. Thread-safe.
/// </summary>
public sealed class VolumeRetention
{
    private const int MaxPins = 10_000;

    private const string RuleKey = "retention";

    private readonly Volume volume;
    private readonly CatalogSnapshots snapshots;
    private readonly VolumeCatalog catalog;
    private readonly Collector collector;
    private readonly RetentionClock clock;
    private readonly ThinnedContents thinned;
    private readonly Lock gate = new();
    private readonly Lock thinning = new();
    private readonly HashSet<RevisionId> pinned = [];
    private RetentionRule rule = RetentionRule.KeepAll;

    internal VolumeRetention(Volume volume, CatalogSnapshots snapshots, VolumeCatalog catalog, Collector collector, TimeProvider time)
    {
        (this.volume, this.snapshots, this.catalog, this.collector) = (volume, snapshots, catalog, collector);
        clock = new RetentionClock(volume.State, time, Applied);
        thinned = new ThinnedContents(volume.State, catalog);
        lock (volume.State.Gate)
        {
            volume.State.Execute("CREATE TABLE IF NOT EXISTS pinned_revisions(revision BLOB PRIMARY KEY) WITHOUT ROWID");
            using var select = volume.State.Prepare("SELECT revision FROM pinned_revisions");
            while (select.Step()) pinned.Add(select.Id<RevisionId>(0));
            using var kept = volume.State.Prepare("SELECT value FROM settings WHERE key = ?").Bind(RuleKey);
            // A rule of a later version that is not understood here lets nothing go.
            if (kept.Step() && RetentionRule.TryParse(kept.Text(0), out var known)) rule = known;
        }
    }

    public RetentionRule Rule
    {
        get
        {
            lock (gate) return rule;
        }
    }

    /// <summary>Versions that go for no reason.</summary>
    public IReadOnlyList<RevisionId> Pinned
    {
        get
        {
            lock (gate) return [.. pinned];
        }
    }

    /// <summary>Count and bytes of contents that the rule let go and that are not here.</summary>
    public (long Contents, long Bytes) ThinnedTotals()
    {
        using var scope = snapshots.Enter();
        return scope.Catalog.Revisions.ThinnedTotals();
    }

    /// <summary>Whether the rule let a content go, so that it is not fetched by itself.</summary>
    public bool IsThinned(Content content)
    {
        using var scope = snapshots.Enter();
        return scope.Catalog.Revisions.IsThinned(content);
    }

    /// <summary>Contents of old versions that are about to be named here and are not to be fetched by themselves: as if they had been let go. Durable when it returns.</summary>
    internal void NoteLetGo(IReadOnlyCollection<Content> contents)
    {
        List<Content> unknown;
        // What is awaited already, for another document, goes on being fetched.
        using (var scope = snapshots.Enter())
        {
            var revisions = scope.Catalog.Revisions;
            unknown = [.. contents.Where(content => !revisions.IsMissing(content))];
        }
        if (unknown.Count > 0) thinned.Add(unknown);
    }

    /// <summary>What a rule keeps that went by an earlier one is asked for again: of <see cref="RetentionRule.KeepAll"/> now, of others when they are applied next.</summary>
    public void SetRule(RetentionRule wanted)
    {
        Look();
        lock (volume.State.Gate) volume.State.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(RuleKey).Bind(wanted.ToString()).Run();
        lock (gate) rule = wanted;
        if (!wanted.IsKeepAll) return;
        thinned.Clear();
        volume.Replica.NoteRetention();
    }

    /// <summary>Keeps a version's content here, or has it fetched.</summary>
    /// <exception cref="PeerDriveException">LimitExceeded: too many are pinned.</exception>
    public void Pin(RevisionId revision)
    {
        lock (gate)
        {
            if (pinned.Count >= MaxPins && !pinned.Contains(revision)) throw new PeerDriveException(ErrorKind.LimitExceeded, $"At most {MaxPins} versions can be pinned.");
        }
        lock (volume.State.Gate) volume.State.Prepare("INSERT OR IGNORE INTO pinned_revisions VALUES(?)").BindId(revision).Run();
        lock (gate) pinned.Add(revision);
        if (volume.Reader.FindRevision(revision) is { Content: { IsEmpty: false } content })
        {
            thinned.Remove([content]);
            volume.Replica.NoteRetention();
            volume.Replica.Request(content);
        }
    }

    /// <returns>Whether it was pinned.</returns>
    public bool Unpin(RevisionId revision)
    {
        lock (volume.State.Gate) volume.State.Prepare("DELETE FROM pinned_revisions WHERE revision = ?").BindId(revision).Run();
        lock (gate) return pinned.Remove(revision);
    }

    /// <summary>Roots of the contents of pinned versions.</summary>
    public IReadOnlySet<ChunkId> PinnedRoots() => PinnedContents().Select(content => content.Root).ToHashSet();

    /// <summary>Asks again for pinned contents that are not here.</summary>
    public void RequestPinned()
    {
        foreach (var content in PinnedContents().Where(content => !volume.Contents.IsHere(content))) volume.Replica.Request(content);
    }

    /// <summary>Notes what has come by now. To be called again and again: what no look saw counts as having come just now.</summary>
    public void Look() => clock.Look();

    /// <summary>What the rule lets go now.</summary>
    /// <param name="documents">Only of these; null: of all.</param>
    /// <param name="onProgress">Told documents done and in all; nothing is locked.</param>
    /// <exception cref="PeerDriveException">Unsupported: the volume needs a feature that is not here. Busy: try again.</exception>
    public ThinPlan Plan(IReadOnlySet<DocumentId>? documents, Action<long, long> onProgress, CancellationToken cancellation)
    {
        if (volume.LackedFeatures is { Count: > 0 } lacked)
            throw new PeerDriveException(ErrorKind.Unsupported, $"Volume {volume.Name} needs {string.Join(", ", lacked)}, which this version of PeerDrive has not got, so nobody can tell here what is old. Update PeerDrive on this device.");
        return new RetentionPlanner(volume, snapshots, clock, collector, Rule, Pinned.ToHashSet()).Make(documents, onProgress, cancellation);
    }

    /// <summary>Lets go what a plan says, but for what is needed after all; then the packs are written again.</summary>
    /// <param name="onProgress">Told packs done and in all; nothing is locked.</param>
    /// <returns>Bytes on disk that were given back.</returns>
    public long Thin(ThinPlan plan, Action<long, long> onProgress, CancellationToken cancellation)
    {
        lock (thinning)
        {
            thinned.Remove(plan.Revived);
            if (plan.Gone.Count > 0)
            {
                List<Content> contents = [.. plan.Gone.Select(each => each.Content)];
                using var leaving = volume.Replica.BeginLeaving(contents);
                // First: after a crash they are not fetched again.
                thinned.Add(contents);
                collector.TakeOut(contents, plan.Generation, plan.LastRow, () => Needed(plan), cancellation);
                thinned.Remove([.. contents.Where(volume.Contents.IsHere)]);
            }
            if (!plan.IsEmpty) volume.Replica.NoteRetention();
        }
        return collector.Reclaim(Collector.UsualPart, onProgress, cancellation);
    }

    /// <summary>Entries and documents changed: what is shown now is to be here.</summary>
    /// <returns>Whether contents are to be fetched for it. The caller holds the catalog's gate, outside a transaction.</returns>
    internal bool Revive(TouchedSet touched)
    {
        try
        {
            return thinned.Revive(touched.Entries, touched.Documents);
        }
        catch (PeerDriveException)
        {
            // A full disk, say. The changes are committed; the next plan finds what the rule keeps.
            return false;
        }
    }

    private List<Content> PinnedContents() => [.. Pinned.Select(volume.Reader.FindRevision).OfType<RevisionView>().Select(view => view.Content).Where(content => !content.IsEmpty)];

    private LogPosition Applied()
    {
        using var scope = snapshots.Enter();
        return scope.Catalog.Applied;
    }

    /// <summary>Contents of a plan that somebody has pinned, opened or brought back since; all, when it was made by another rule. The catalog is locked.</summary>
    private List<Content> Needed(ThinPlan plan)
    {
        lock (gate)
        {
            return
            [
                .. plan.Gone.Where(each => plan.Rule != rule || each.Revisions.Any(revision => pinned.Contains(revision) || IsShown(revision))).Select(each => each.Content),
            ];
        }
    }

    /// <summary>A head of what has a name.</summary>
    private bool IsShown(RevisionId revision) => catalog.Revisions.Find(revision) is { IsHead: true } row && catalog.Entries.CountOf(row.Document) > 0;
}
