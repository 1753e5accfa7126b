using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Retention;
using PeerDrive.Storage.Volumes;
using PeerDrive.Testing;

namespace PeerDrive.Storage.Tests.Retention;

/// <summary>
/// Random histories that are thinned and collected again and again. Beside each a table is kept of what was written when; from it, and not from the catalog, the rule is asked what has
/// to be there.
/// </summary>
public sealed class RandomHistoryTests
{
    private static readonly string[] Rules =
    [
        "versions 2 hold none", "all 10d hold none", "all 3d daily 5 weekly 3 hold none", "monthly all trash 20d hold 5d", "all 5d versions 3 trash 10d hold 15d", "trash 5d hold none", "keep-all",
    ];

    public static TheoryData<int> Batches => [.. Enumerable.Range(0, 4)];

    [Theory]
    [MemberData(nameof(Batches))]
    public async Task What_the_rule_keeps_is_there_byte_for_byte_and_the_rest_is_not(int batch)
    {
        var count = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 10 : 2_500;
        if (int.TryParse(Environment.GetEnvironmentVariable("PEERDRIVE_RETENTION_SEED"), out var one)) await LiveAsync(one);
        else for (var seed = (batch * count) + 1; seed <= (batch + 1) * count; seed++) await LiveAsync(seed);
    }

    private static async Task LiveAsync(int seed)
    {
        var random = new Random(seed);
        var time = new ManualTimeProvider();
        await using var replica = await TestReplica.CreateAsync(time: time);
        var written = new Dictionary<RevisionId, (byte[] Bytes, long Time)>();
        var lost = new Dictionary<DocumentId, long>();
        var documents = new HashSet<DocumentId>();
        var rule = Rules[random.Next(Rules.Length)];
        ThinTests.SetRule(replica.Volume, rule);
        for (var step = 0; step < 40; step++)
        {
            var volume = replica.Volume;
            var live = volume.Reader.List(EntryId.Root);
            var one = live.Count == 0 ? null : live[random.Next(live.Count)];
            switch (random.Next(14))
            {
                case < 6:
                    await WriteAsync($"file{random.Next(4)}");
                    break;
                case 6 when one is not null:
                    // Beside the heads: a conflict.
                    var old = volume.Reader.History(one.Document);
                    await ReviseAsync(one, [old[random.Next(old.Count)].Id], "");
                    break;
                case 7 when one is not null:
                    await ReviseAsync(one, [.. volume.Reader.Heads(one.Document).Select(head => head.Id)], random.Next(3) == 0 ? "kept" : "");
                    break;
                case 8 when one is not null:
                    await volume.CommitAsync(edit => edit.Delete(one.Id));
                    if (volume.Reader.LinkCount(one.Document) == 0) lost[one.Document] = Now();
                    break;
                case 9 when volume.Reader.Trash(10) is { Count: > 0 } trash:
                    await volume.CommitAsync(edit => edit.Undelete(trash[random.Next(trash.Count)].Id));
                    break;
                case 10 when one is not null:
                    var name = one.Name.ToString();
                    var next = EntryName.Create(name.EndsWith(".tmp", StringComparison.Ordinal) ? name[..^4] : name + ".tmp");
                    if (volume.Reader.Find(EntryId.Root, next) is null) await volume.CommitAsync(edit => edit.Move(one.Id, EntryId.Root, next));
                    break;
                case 11 when written.Count > 0:
                    var some = written.Keys.ElementAt(random.Next(written.Count));
                    // What went already has nobody to come from here.
                    if (!volume.Retention.Unpin(some) && volume.Contents.IsHere(volume.Reader.FindRevision(some)!.Value.Content)) volume.Retention.Pin(some);
                    break;
                case 12:
                    volume.Retention.Look();
                    time.Advance(TimeSpan.FromHours(random.Next(24 * 12)));
                    break;
                default:
                    volume.Retention.Look();
                    if (random.Next(3) == 0) await replica.ReopenAsync(random.Next(2) == 0 ? TestReplica.DeleteCatalog : null);
                    ThinTests.Thin(replica.Volume);
                    replica.Volume.Collection.Collect(dryRun: false, (_, _) => { }, CancellationToken.None);
                    Check();
                    break;
            }
            replica.Volume.Retention.Look();
        }

        long Now() => time.GetUtcNow().ToUnixTimeSeconds();

        async Task WriteAsync(string name)
        {
            if (replica.Volume.Reader.Find(EntryId.Root, EntryName.Create(name)) is { } there)
            {
                await ReviseAsync(there, default, random.Next(8) == 0 ? "sent" : "");
                return;
            }
            var bytes = Some();
            var state = State(bytes);
            EntryView? made = null;
            await replica.Volume.CommitAsync(edit => made = edit.Create(EntryId.Root, EntryName.Create(name), state));
            Note(made!.Document, made.Shown!.Value.Id, bytes);
        }

        async Task ReviseAsync(EntryView entry, System.Collections.Immutable.ImmutableArray<RevisionId> parents, string comment)
        {
            var bytes = Some();
            var state = State(bytes);
            RevisionId id = default;
            try
            {
                await replica.Volume.CommitAsync(edit => id = edit.Revise(entry.Id, state, parents, comment));
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.Invalid)
            {
                return;
            }
            Note(entry.Document, id, bytes);
        }

        void Note(DocumentId document, RevisionId revision, byte[] bytes)
        {
            documents.Add(document);
            written.TryAdd(revision, (bytes, Now()));
        }

        byte[] Some() => TestReplica.RandomBytes(2_000 + random.Next(3) * 60_000, random.Next(30));

        RevisionState State(byte[] bytes) => new() { Kind = DocumentKind.File, Mode = 0x1A4, Mtime = random.NextInt64(1 << 40), Content = replica.Volume.Contents.Store(bytes) };

        void Check()
        {
            var volume = replica.Volume;
            HashSet<ChunkId> kept = [], wanted = [];
            var goes = new List<Content>();
            foreach (var document in documents)
            {
                var history = volume.Reader.History(document).Reverse().ToList();
                var entries = volume.Reader.PlacesOf(document);
                var isLive = entries.Any(entry => entry.IsLive);
                var revisions = history.ConvertAll(view => volume.Reader.Revision(view.Id)!);
                var needed = new HashSet<RevisionId>();
                if (history.Count(view => view.IsHead) > 1)
                {
                    var heads = HeadSet.Of(revisions.ToDictionary(revision => revision.Id, revision => new RevisionNode(revision.Parents, revision.IsMerge, revision.Fields.Time)));
                    needed.UnionWith([.. heads.MergeParents(), .. heads.MergeBases(heads.MergeParents())]);
                }
                var pinned = volume.Retention.Pinned;
                var versions = revisions.ConvertAll(revision => new RetainedVersion(
                    written[revision.Id].Time,
                    written[revision.Id].Time,
                    revisions.Where(child => child.Parents.Contains(revision.Id)).Select(child => written[child.Id].Time).DefaultIfEmpty(long.MaxValue).Min(),
                    pinned.Contains(revision.Id) || revision.Fields.Comment.Length > 0,
                    needed.Contains(revision.Id)));
                var ephemeral = entries.Where(entry => entry.IsLive == isLive).All(entry => entry.Name.ToString().EndsWith(".tmp", StringComparison.Ordinal));
                var judged = RetentionRuling.Judge(volume.Retention.Rule, Now(), versions, isLive ? null : lost[document], ephemeral);
                var judgedUnheld = RetentionRuling.Judge(volume.Retention.Rule with { Hold = TimeSpan.Zero }, Now(), versions, isLive ? null : lost[document], ephemeral);
                for (var i = 0; i < judged.Length; i++)
                {
                    if (judged[i]) goes.Add(history[i].Content);
                    else kept.Add(history[i].Content.Root);
                    if (!judgedUnheld[i]) wanted.Add(history[i].Content.Root);
                }
            }
            var what = $"seed {seed}, rule {rule}";
            foreach (var (revision, (bytes, _)) in written)
            {
                var content = volume.Reader.FindRevision(revision)!.Value.Content;
                if (!kept.Contains(content.Root)) continue;
                // What was let go by then and is kept now has to come from elsewhere; but what went in the trash is not held anew when something takes its name.
                if (!volume.Contents.IsHere(content) && !wanted.Contains(content.Root)) Assert.True(volume.Retention.IsThinned(content), $"{what}: {revision} is held and not here");
                else if (!volume.Contents.IsHere(content)) Assert.True(volume.MissingContents(1000).Any(missing => missing.Root == content.Root), $"{what}: {revision} is kept, not here and not asked for");
                else Assert.Equal(bytes, volume.Contents.ReadAll(content, int.MaxValue));
            }
            foreach (var content in goes.Where(content => !kept.Contains(content.Root))) Assert.True(!volume.Contents.IsHere(content) && volume.Retention.IsThinned(content), $"{what}: {content.Root} goes; here: {volume.Contents.IsHere(content)}, noted: {volume.Retention.IsThinned(content)}");
            // Heads of what has a name were never let go, unless they lay in the trash for too long.
            if (!rule.Contains("trash", StringComparison.Ordinal)) Assert.DoesNotContain(volume.MissingContents(1000), missing => volume.Reader.List(EntryId.Root).Any(entry => entry.Shown?.Content.Root == missing.Root));
            Assert.Empty(volume.Contents.Chunks.FindDamaged(_ => { }));
            var use = volume.Collection.CountUse(CancellationToken.None);
            // Packs are written again when at least a quarter of them is not needed.
            Assert.True(use.Reclaimable <= use.Total / 4, $"{what}: {use}");
        }
    }
}
