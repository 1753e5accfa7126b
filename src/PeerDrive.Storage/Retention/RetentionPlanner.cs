using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Collecting;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Retention;

/// <summary>
/// Finds what a rule lets go: judges document by document, each in one state of the catalog, then keeps every content that some document still needs. The log is read only for
/// documents of which something might go.
/// </summary>
internal sealed class RetentionPlanner(Volume volume, CatalogSnapshots snapshots, RetentionClock clock, Collector collector, RetentionRule rule, IReadOnlySet<RevisionId> pinned)
{
    private readonly Dictionary<(long Document, Content Content), List<RevisionId>> going = [];
    private readonly List<(long Row, long Document, RevisionId Revision, Content Content, bool IsProtected)> history = [];
    private readonly bool wantsAll = volume.Replica.Policy.IsFull;
    private HashSet<Content> inUse = [];
    private long now;

    /// <param name="documents">Those that are judged; null: all.</param>
    /// <param name="onProgress">Told documents done and in all; nothing is locked.</param>
    /// <exception cref="PeerDriveException">Busy: the catalog was made anew meanwhile.</exception>
    public ThinPlan Make(IReadOnlySet<DocumentId>? documents, Action<long, long> onProgress, CancellationToken cancellation)
    {
        now = clock.Look();
        inUse = [.. volume.Drafts.Needed().Concat(volume.Contents.OpenContents()).Select(Keyed)];
        long generation, last;
        List<long> rows;
        using (var scope = snapshots.Enter())
        {
            var revisions = scope.Catalog.Revisions;
            (generation, last) = (scope.Catalog.Generation, revisions.LastRow);
            rows = documents is null ? [.. revisions.WithHistory().Union(rule.Trash is null ? [] : revisions.Lost())] : [.. documents.Select(revisions.FindRow).OfType<long>()];
        }
        for (var i = 0; i < rows.Count; i++)
        {
            onProgress(i, rows.Count);
            cancellation.ThrowIfCancellationRequested();
            using var scope = snapshots.Enter();
            if (scope.Catalog.Generation != generation) throw new PeerDriveException(ErrorKind.Busy, "The catalog was made anew meanwhile; try again.");
            Judge(scope.Catalog, rows[i]);
        }
        var found = Found(documents is null, out var keptThinned);
        List<GoingContent> beyond = rule.Bytes is { } size ? Overflow(size, found, cancellation) : [];
        var revived = keptThinned.Except(beyond.Select(each => Keyed(each.Content))).ToList();
        using (var scope = snapshots.Enter())
        {
            foreach (var each in beyond)
            {
                if (IsNews(scope.Catalog, each.Content)) found.Add(each);
            }
        }
        return new ThinPlan(Documents(found, cancellation), found, revived) { Generation = generation, LastRow = last, Rule = rule };
    }

    private static Content Keyed(Content content) => content with { Chunking = 0 };

    private void Judge(VolumeCatalog catalog, long document)
    {
        var versions = catalog.Revisions.History(document);
        versions.Reverse();
        var entries = catalog.Entries.OfDocument(document);
        var live = entries.Where(entry => entry.IsLive).ToList();
        long? lost = live.Count > 0 || entries.Count == 0 || catalog.Revisions.LastTouch(document) is not { } touch ? null : clock.ReceivedAt(catalog.Chains.Get(touch).Position);
        var isEphemeral = entries.Count > 0 && (live.Count > 0 ? live : entries).TrueForAll(entry => EphemeralNames.Contains(entry.Name));
        var received = versions.ConvertAll(version => clock.ReceivedAt(catalog.Chains.Get(version.Changeset).Position));
        // First as if nothing were held or commented, which costs no reading of the log. Heads beside each other may need again what went before they were.
        var goes = RetentionRuling.Judge(rule, now, [.. versions.Select((version, i) => Rough(version, received[i]))], lost, isEphemeral);
        if (rule.Bytes is not null || versions.Count(version => version.IsHead) > 1 || versions.Where((version, i) => goes[i] && !version.Content.IsEmpty && IsNews(catalog, version.Content)).Any())
            goes = RetentionRuling.Judge(rule, now, Exact(catalog, versions, received), lost, isEphemeral);
        var kept = versions.Where((_, i) => !goes[i]).Select(version => Keyed(version.Content)).ToHashSet();
        foreach (var version in versions)
        {
            var content = Keyed(version.Content);
            if (content.IsEmpty || kept.Contains(content)) continue;
            if (!going.TryGetValue((document, content), out var revisions)) going[(document, content)] = revisions = [];
            revisions.Add(version.Id);
        }
    }

    /// <summary>Whether letting a content go would change anything.</summary>
    private bool IsNews(VolumeCatalog catalog, Content content)
    {
        if (catalog.Revisions.IsMissing(content) && !volume.Contents.Chunks.IsKept(content.Root)) return wantsAll && !catalog.Revisions.IsThinned(content);
        return true;
    }

    private RetainedVersion Rough(RevisionRow version, long received) => new(
        received, version.Time / 1_000_000_000, version.IsHead ? long.MaxValue : long.MinValue / 2, pinned.Contains(version.Id) || inUse.Contains(Keyed(version.Content)));

    private List<RetainedVersion> Exact(VolumeCatalog catalog, List<RevisionRow> versions, List<long> received)
    {
        var revisions = versions.ConvertAll(catalog.Load);
        var until = new Dictionary<RevisionId, long>();
        for (var i = 0; i < revisions.Count; i++)
        {
            foreach (var parent in revisions[i].Parents) until[parent] = Math.Min(until.GetValueOrDefault(parent, long.MaxValue), received[i]);
        }
        var needed = NeededToMerge(versions, revisions);
        var exact = new List<RetainedVersion>();
        for (var i = 0; i < versions.Count; i++)
        {
            var version = versions[i];
            // A merge that others cover has no child, and is no head since they came.
            var end = version.IsHead ? long.MaxValue : until.GetValueOrDefault(version.Id, received[^1]);
            var isProtected = pinned.Contains(version.Id) || inUse.Contains(Keyed(version.Content)) || revisions[i].Fields.Comment.Length > 0;
            var isMergeInput = needed.Contains(version.Id);
            exact.Add(new RetainedVersion(received[i], version.Time / 1_000_000_000, end, isProtected, isMergeInput));
            if (rule.Bytes is not null && !version.IsHead && !version.Content.IsEmpty)
                history.Add((version.Row, version.Document, version.Id, Keyed(version.Content), isProtected || isMergeInput || (rule.Hold > TimeSpan.Zero && now - end <= rule.Hold.TotalSeconds)));
        }
        return exact;
    }

    /// <summary>What a merge of the present heads would need.</summary>
    private static HashSet<RevisionId> NeededToMerge(List<RevisionRow> versions, List<Revision> revisions)
    {
        if (versions.Count(version => version.IsHead) < 2) return [];
        var heads = HeadSet.Of(revisions.ToDictionary(revision => revision.Id, revision => new RevisionNode(revision.Parents, revision.IsMerge, revision.Fields.Time)));
        var parents = heads.MergeParents();
        return [.. parents, .. heads.MergeBases(parents)];
    }

    /// <summary>Contents that go in every document that has them.</summary>
    /// <param name="keptThinned">Those that went once and that something keeps now.</param>
    private List<GoingContent> Found(bool isWhole, out IReadOnlyList<Content> keptThinned)
    {
        using var scope = snapshots.Enter();
        var revisions = scope.Catalog.Revisions;
        var hasThinned = isWhole && revisions.HasThinned;
        var found = new Dictionary<Content, GoingContent>();
        var kept = new HashSet<Content>();
        foreach (var (named, _, document) in revisions.ContentsAfter(0))
        {
            var content = Keyed(named);
            if (!going.TryGetValue((document, content), out var versions))
            {
                if (going.Count > 0 || hasThinned) kept.Add(content);
            }
            else if (!found.TryGetValue(content, out var other)) found[content] = new GoingContent(named, [document], versions);
            else found[content] = other with { Documents = [.. other.Documents, document], Revisions = [.. other.Revisions, .. versions] };
        }
        keptThinned = hasThinned ? [.. kept.Where(revisions.IsThinned)] : [];
        var catalog = scope.Catalog;
        return [.. found.Where(pair => !kept.Contains(pair.Key) && IsNews(catalog, pair.Key)).Select(pair => pair.Value)];
    }

    /// <summary>History beyond a size, whether it is here or not: the newest stays, as chunks lie on disk.</summary>
    private List<GoingContent> Overflow(long size, List<GoingContent> gone, CancellationToken cancellation)
    {
        var already = gone.Select(each => Keyed(each.Content)).Concat(going.Keys.Select(key => key.Content)).ToHashSet();
        HashSet<Content> heads;
        Dictionary<Content, List<long>> owners = [];
        using (var scope = snapshots.Enter())
        {
            heads = [.. scope.Catalog.Revisions.HeadContents().Select(Keyed)];
            foreach (var (content, _, document) in scope.Catalog.Revisions.ContentsAfter(0))
            {
                if (!owners.TryGetValue(Keyed(content), out var documents)) owners[Keyed(content)] = documents = [];
                documents.Add(document);
            }
        }
        var seen = new HashSet<ChunkId>();
        foreach (var content in heads) Added(content);
        var judged = history.Where(version => !heads.Contains(version.Content) && !already.Contains(version.Content)).ToLookup(version => version.Content);
        // One that is protected anywhere, or that a document has that was not judged, stays.
        var fixedOnes = judged.Where(versions => versions.Any(version => version.IsProtected) || owners[versions.Key].Except(versions.Select(version => version.Document)).Any()).Select(versions => versions.Key).ToHashSet();
        var used = fixedOnes.Sum(Added);
        var rest = judged.Where(versions => !fixedOnes.Contains(versions.Key)).OrderByDescending(versions => versions.Max(version => version.Row)).ToList();
        var fitting = RetentionRuling.Fitting(size, used, rest.Select(versions => Added(versions.Key)));
        return
        [
            .. rest.Skip(fitting)
                .Select(versions => new GoingContent(versions.Key, [.. versions.Select(version => version.Document).Distinct()], [.. versions.Select(version => version.Revision)])),
        ];

        long Added(Content content)
        {
            cancellation.ThrowIfCancellationRequested();
            // Of what is not here only its size is known.
            if (!volume.Contents.Chunks.IsKept(content.Root)) return (long)Math.Min(content.Size, long.MaxValue / 4);
            return collector.ChunksOf(content, isStrict: false).Where(seen.Add).Sum(id => volume.Contents.Chunks.StoredBytes(id) ?? 0);
        }
    }

    private List<ThinnedDocument> Documents(List<GoingContent> found, CancellationToken cancellation)
    {
        if (found.Count == 0) return [];
        var ordered = found.OrderBy(each => each.Documents[0]).ToList();
        var bytes = collector.OwnBytes([.. ordered.Select(each => each.Content)], cancellation);
        using var scope = snapshots.Enter();
        var revisions = scope.Catalog.Revisions;
        return
        [
            .. ordered.Zip(bytes).GroupBy(each => each.First.Documents[0]).Select(group => new ThinnedDocument(
                revisions.DocumentOf(group.Key), group.Sum(each => each.First.Revisions.Count), group.Sum(each => each.Second))),
        ];
    }
}
