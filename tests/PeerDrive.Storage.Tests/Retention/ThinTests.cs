using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Retention;
using PeerDrive.Storage.Tests.Disks;
using PeerDrive.Storage.Volumes;
using PeerDrive.Testing;

namespace PeerDrive.Storage.Tests.Retention;

/// <summary>Letting go of old versions in a replica.</summary>
public sealed class ThinTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public async Task What_the_rule_lets_go_frees_its_room_is_not_fetched_again_and_stays_in_the_log()
    {
        await using var replica = await TestReplica.CreateAsync();
        var old = await replica.WriteAsync("file", Bytes(2_000_000, 1));
        await replica.WriteAsync("file", Bytes(2_000_000, 2));
        var now = Bytes(2_000_000, 3);
        await replica.WriteAsync("file", now);
        var before = Size(replica.Folder);
        SetRule(replica.Volume, "versions 1 hold none");
        var plan = Plan(replica.Volume);
        Assert.Equal((1, 2), (plan.Documents.Count, plan.Versions));
        Assert.InRange(plan.Bytes, 4_000_000, 4_010_000);
        Assert.Equal(before, Size(replica.Folder));
        Assert.InRange(replica.Volume.Retention.Thin(plan, Nothing, CancellationToken.None), 4_000_000, before);
        Assert.InRange(Size(replica.Folder), 2_000_000, 2_100_000);
        await Check();
        await replica.ReopenAsync();
        await Check();
        await replica.ReopenAsync(TestReplica.DeleteCatalog);
        await Check();
        replica.Volume.Rebuild();
        await Check();

        Task Check()
        {
            var volume = replica.Volume;
            Assert.Equal(now, TestReplica.Read(volume, "file"));
            Assert.Equal((2, 4_000_000), volume.Retention.ThinnedTotals());
            Assert.Equal((0, 0), volume.MissingTotals());
            Assert.Empty(volume.MissingContents(10));
            Assert.Equal(2, volume.Replica.Absent(10).Count);
            var history = volume.Reader.History(old.Document);
            Assert.Equal(3, history.Count);
            Assert.Equal([false, true, true], history.Select(version => volume.Retention.IsThinned(version.Content)));
            Assert.Empty(volume.Contents.Chunks.FindDamaged(_ => { }));
            Assert.True(Plan(volume).IsEmpty);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Pinned_and_commented_versions_heads_and_what_an_open_file_or_draft_needs_stay()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var file = await replica.WriteAsync("file", Bytes(300_000, 0));
        for (var i = 1; i < 6; i++) await replica.WriteAsync("file", Bytes(300_000, i));
        var commented = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(Bytes(300_000, 6)) };
        await volume.CommitAsync(edit => edit.Revise(file.Id, commented, comment: "as it was sent"));
        await replica.WriteAsync("file", Bytes(300_000, 7));
        var versions = volume.Reader.History(file.Document).Reverse().ToList();
        volume.Retention.Pin(versions[1].Id);
        var open = volume.Contents.OpenReader(versions[2].Content);
        var draft = volume.Drafts.Begin(versions[3].Content);
        SetRule(volume, "versions 1 hold none");
        Thin(volume);
        Assert.Equal("x...xx..", Here(volume, versions));
        Assert.Equal(300_000, open.Read(0, new byte[400_000]));
        open.Dispose();
        volume.Drafts.Discard(draft);
        volume.Retention.Unpin(versions[1].Id);
        Thin(volume);
        Assert.Equal("xxxxxx..", Here(volume, versions));
        // What was let go and is pinned afterwards is asked for.
        volume.Retention.Pin(versions[0].Id);
        Assert.Equal(versions[0].Content.Root, Assert.Single(volume.MissingContents(10)).Root);
        await replica.ReopenAsync();
        Assert.Equal([versions[0].Id], replica.Volume.Retention.Pinned);
        Assert.Single(replica.Volume.MissingContents(10));
    }

    [Fact]
    public async Task A_content_that_something_else_has_too_stays_and_chunks_that_are_shared()
    {
        await using var replica = await TestReplica.CreateAsync();
        var shared = Bytes(1_000_000, 1);
        await replica.WriteAsync("file", shared);
        await replica.WriteAsync("file", [.. shared, .. Bytes(1_000_000, 2)]);
        await replica.WriteAsync("file", Bytes(500_000, 3));
        await replica.WriteAsync("copy", shared);
        SetRule(replica.Volume, "versions 1 hold none");
        var plan = Thin(replica.Volume);
        Assert.Equal(1, plan.Versions);
        Assert.InRange(plan.Bytes, 900_000, 1_300_000);
        Assert.Equal(shared, TestReplica.Read(replica.Volume, "copy"));
        Assert.Equal(Bytes(500_000, 3), TestReplica.Read(replica.Volume, "file"));
    }

    [Fact]
    public async Task A_version_that_is_restored_and_a_file_that_is_undeleted_are_to_be_here_again()
    {
        var time = new ManualTimeProvider();
        await using var replica = await TestReplica.CreateAsync(time: time);
        var volume = replica.Volume;
        volume.Retention.Look();
        var file = await replica.WriteAsync("file", Bytes(200_000, 1));
        await replica.WriteAsync("file", Bytes(200_000, 2));
        var gone = await replica.WriteAsync("gone", Bytes(200_000, 3));
        await volume.CommitAsync(edit => edit.Delete(gone.Id));
        volume.Retention.Look();
        time.Advance(3 * Day);
        SetRule(volume, "versions 1 trash 2d hold none");
        Assert.Equal(2, Thin(volume).Versions);
        Assert.Empty(volume.MissingContents(10));
        var first = volume.Reader.Revision(volume.Reader.History(file.Document)[^1].Id)!;
        await volume.CommitAsync(edit => edit.Revise(file.Id, first.State));
        Assert.Equal(first.State.Content.Root, Assert.Single(volume.MissingContents(10)).Root);
        await volume.CommitAsync(edit => edit.Undelete(gone.Id));
        Assert.Equal(2, volume.MissingContents(10).Count);
        // They come, as from a peer.
        volume.Contents.Store(Bytes(200_000, 1));
        volume.Contents.Store(Bytes(200_000, 3));
        volume.ContentsArrived(volume.MissingContents(10));
        Assert.Equal((0, 0), volume.MissingTotals());
        Assert.Equal(Bytes(200_000, 3), TestReplica.Read(volume, "gone"));
        Assert.True(Plan(volume).Versions <= 1);
    }

    [Fact]
    public async Task A_rule_that_keeps_more_asks_for_what_a_narrower_one_let_go()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        for (var i = 0; i < 4; i++) await replica.WriteAsync("file", Bytes(100_000, i));
        SetRule(volume, "versions 1 hold none");
        Assert.Equal(3, Thin(volume).Versions);
        SetRule(volume, "versions 3 hold none");
        Assert.Equal(0, Thin(volume).Versions);
        Assert.Equal(2, volume.MissingContents(10).Count);
        SetRule(volume, "keep-all");
        Thin(volume);
        Assert.Equal(3, volume.MissingContents(10).Count);
    }

    [Fact]
    public async Task A_plan_of_an_earlier_rule_lets_nothing_go()
    {
        await using var replica = await TestReplica.CreateAsync();
        for (var n = 0; n < 4; n++) await replica.WriteAsync("file", TestReplica.RandomBytes(50_000, n));
        SetRule(replica.Volume, "versions 1 hold none");
        var plan = Plan(replica.Volume);
        Assert.Equal(3, plan.Gone.Count);
        replica.Volume.Retention.SetRule(RetentionRule.KeepAll);
        replica.Volume.Retention.Thin(plan, Nothing, CancellationToken.None);
        Assert.All(plan.Gone, gone => Assert.True(replica.Volume.Contents.IsHere(gone.Content)));
        Assert.Equal((0, 0), replica.Volume.Retention.ThinnedTotals());
    }

    [Fact]
    public async Task What_is_deleted_can_be_undeleted_until_its_time_in_the_trash_is_over()
    {
        var time = new ManualTimeProvider();
        await using var replica = await TestReplica.CreateAsync(time: time);
        var volume = replica.Volume;
        SetRule(volume, "trash 10d hold none");
        var file = await replica.WriteAsync("file", Bytes(200_000, 1));
        volume.Retention.Look();
        await volume.CommitAsync(edit => edit.Delete(file.Id));
        volume.Retention.Look();
        for (var day = 0; day < 10; day++)
        {
            time.Advance(Day);
            Assert.True(Thin(volume).IsEmpty);
        }
        await volume.CommitAsync(edit => edit.Undelete(file.Id));
        Assert.Equal(Bytes(200_000, 1), TestReplica.Read(volume, "file"));
        await volume.CommitAsync(edit => edit.Delete(file.Id));
        volume.Retention.Look();
        time.Advance(11 * Day);
        Assert.Equal(1, Thin(volume).Versions);
        Assert.NotEmpty(volume.Contents.Missing(file.Shown!.Value.Content, 1));
    }

    /// <summary>Whoever may write rewrites and deletes all, and says whatever times; what was there stays for the hold.</summary>
    [Fact]
    public async Task What_was_current_within_the_hold_stays_whatever_others_do()
    {
        var time = new ManualTimeProvider();
        await using var replica = await TestReplica.CreateAsync(time: time);
        var volume = replica.Volume;
        SetRule(volume, "all 0d versions 1 size 1B trash 0d hold 30d");
        var good = new List<EntryView>();
        for (var i = 0; i < 10; i++) good.Add(await replica.WriteAsync($"file{i}", Bytes(100_000, i)));
        volume.Retention.Look();
        time.Advance(400 * Day);
        volume.Retention.Look();
        for (var i = 0; i < 10; i++)
        {
            // Rewritten twice, renamed to what nobody wants old versions of, deleted.
            await replica.WriteAsync($"file{i}", Bytes(100_000, 100 + i));
            await replica.WriteAsync($"file{i}", Bytes(100_000, 200 + i));
            await volume.CommitAsync(edit => edit.Move(good[i].Id, EntryId.Root, EntryName.Create($"file{i}.tmp")));
            if (i % 2 == 0) await volume.CommitAsync(edit => edit.Delete(good[i].Id));
        }
        volume.Retention.Look();
        for (var day = 0; day < 30; day++)
        {
            Assert.True(Thin(volume).IsEmpty);
            time.Advance(Day);
        }
        for (var i = 0; i < 10; i++)
        {
            var first = volume.Reader.History(good[i].Document)[^1].Content;
            Assert.Equal(Bytes(100_000, i), volume.Contents.ReadAll(first, int.MaxValue));
        }
        time.Advance(Day);
        Assert.Equal(25, Thin(volume).Versions);
    }

    [Fact]
    public async Task A_clock_that_is_set_wrong_makes_history_at_most_a_week_older()
    {
        var time = new ManualTimeProvider();
        await using var replica = await TestReplica.CreateAsync(time: time);
        SetRule(replica.Volume, "all 20d hold none");
        await replica.WriteAsync("file", Bytes(100_000, 1));
        await replica.WriteAsync("file", Bytes(100_000, 2));
        replica.Volume.Retention.Look();
        // The node is off, and its clock is ten years ahead when it starts again; then right again, and ahead once more.
        await replica.ReopenAsync(_ => time.Advance(3650 * Day));
        Assert.True(Thin(replica.Volume).IsEmpty);
        await replica.ReopenAsync();
        Assert.True(Thin(replica.Volume).IsEmpty);
        time.Advance(14 * Day);
        Assert.Equal(1, Thin(replica.Volume).Versions);
    }

    [Fact]
    public async Task At_most_a_size_of_history_stays_the_newest()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var file = await replica.WriteAsync("file", Bytes(200_000, 0));
        for (var i = 1; i < 6; i++) await replica.WriteAsync("file", Bytes(200_000, i));
        // Half of it is in the head too.
        await replica.WriteAsync("file", [.. Bytes(200_000, 5), .. Bytes(200_000, 6)]);
        SetRule(volume, "size 450KB hold none");
        Thin(volume);
        var versions = volume.Reader.History(file.Document).Reverse().ToList();
        Assert.StartsWith("xxx", Here(volume, versions), StringComparison.Ordinal);
        Assert.EndsWith("...", Here(volume, versions), StringComparison.Ordinal);
        Assert.True(Plan(volume).IsEmpty);
    }

    [Fact]
    public async Task The_base_that_a_merge_of_conflicting_heads_needs_stays()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (a, b) = (cluster.Volumes[0], cluster.Volumes[1]);
        var file = await TestReplica.WriteAsync(a, "file", Bytes(50_000, 0));
        await TestReplica.WriteAsync(a, "file", Bytes(50_000, 1));
        await cluster.SendAsync(0, 1);
        foreach (var (volume, seed) in new[] { (a, 10), (b, 20) })
        {
            var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(Bytes(50_000, seed)) };
            await volume.CommitAsync(edit => edit.Revise(file.Id, state));
            state = state with { Content = volume.Contents.Store(Bytes(50_000, seed + 1)) };
            await volume.CommitAsync(edit => edit.Revise(file.Id, state));
        }
        await cluster.SendAsync(1, 0);
        SetRule(a, "versions 1 hold none");
        Thin(a);
        var gone = a.Reader.History(file.Document).Where(version => a.Retention.IsThinned(version.Content)).Select(version => version.Content.Root).ToHashSet();
        Assert.Equal(2, a.Reader.Heads(file.Document).Count);
        Assert.Contains(Root(0), gone);
        Assert.Contains(Root(10), gone);
        Assert.DoesNotContain(Root(1), gone);
        Assert.DoesNotContain(Root(11), gone);
        Assert.DoesNotContain(Root(21), gone);

        ChunkId Root(int seed) => a.Contents.Store(Bytes(50_000, seed)).Root;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_crash_at_any_step_what_is_kept_is_there_and_nothing_that_went_is_asked_for(bool catalogIsGone)
    {
        var crashes = 0;
        for (var step = 1; ; step++)
        {
            var disk = new FaultyDisk(new RealDisk());
            await using var replica = await TestReplica.CreateAsync(disk);
            for (var i = 0; i < 3; i++) await replica.WriteAsync("small", Bytes(300_000, i));
            await replica.WriteAsync("raw", Bytes(9 << 20, 10));
            await replica.WriteAsync("raw", Bytes(400_000, 11));
            await replica.WriteAsync("kept", Bytes(200_000, 20));
            replica.Volume.Contents.Store(Bytes(300_000, 30));
            SetRule(replica.Volume, "versions 1 hold none");
            await replica.ReopenAsync(disk: disk);
            (disk.FailAt, disk.Failures, disk.Error) = (disk.Operations + step, 1_000_000, ErrorKind.Io);
            try
            {
                Thin(replica.Volume);
                replica.Volume.Collection.Collect(dryRun: false, Nothing, CancellationToken.None);
            }
            catch (PeerDriveException e)
            {
                Assert.Equal(ErrorKind.Io, e.Kind);
                crashes++;
            }
            await using (var crashed = await replica.OpenCopyAsync(folder =>
            {
                if (catalogIsGone) TestReplica.DeleteCatalog(folder);
            }))
            {
                Assert.Equal(Bytes(300_000, 2), TestReplica.Read(crashed, "small"));
                Assert.Equal(Bytes(400_000, 11), TestReplica.Read(crashed, "raw"));
                Assert.Equal(Bytes(200_000, 20), TestReplica.Read(crashed, "kept"));
                Assert.Empty(crashed.Contents.Chunks.FindDamaged(_ => { }));
                Assert.Empty(crashed.MissingContents(10));
                foreach (var entry in crashed.Reader.List(EntryId.Root))
                {
                    foreach (var version in crashed.Reader.History(entry.Document))
                        Assert.True(crashed.Contents.Missing(version.Content, 1).Count == 0 || crashed.Retention.IsThinned(version.Content));
                }
                // And it is taken up where it ended.
                Thin(crashed);
                crashed.Collection.Collect(dryRun: false, Nothing, CancellationToken.None);
                Assert.Equal((3, 600_000 + (9 << 20)), crashed.Retention.ThinnedTotals());
                Assert.InRange(crashed.Contents.Chunks.DiskBytes(), 900_000, 910_000);
                Assert.Equal(Bytes(400_000, 11), TestReplica.Read(crashed, "raw"));
            }
            disk.FailAt = 0;
            if (!disk.HasFailed) break;
        }
        Assert.True(crashes >= 6, $"only {crashes} steps");
    }

    internal static void SetRule(Volume volume, string text)
    {
        Assert.True(RetentionRule.TryParse(text, out var rule));
        volume.Retention.SetRule(rule);
    }

    internal static ThinPlan Plan(Volume volume) => volume.Retention.Plan(null, Nothing, CancellationToken.None);

    internal static ThinPlan Thin(Volume volume)
    {
        var plan = Plan(volume);
        volume.Retention.Thin(plan, Nothing, CancellationToken.None);
        return plan;
    }

    private static void Nothing(long done, long total)
    {
    }

    /// <summary>For each version whether its content is wholly here.</summary>
    private static string Here(Volume volume, IEnumerable<RevisionView> versions) =>
        string.Concat(versions.Select(version => volume.Contents.Missing(version.Content, 1).Count == 0 ? '.' : 'x'));

    private static byte[] Bytes(int length, int seed) => TestReplica.RandomBytes(length, seed);

    private static long Size(string folder) => new[] { "packs", "raw" }.Sum(part => Directory.EnumerateFiles(Path.Combine(folder, part)).Sum(file => new FileInfo(file).Length));
}
