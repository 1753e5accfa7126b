using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Merging;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Volumes;

public sealed class VolumeMergerTests
{
    private static readonly EntryName Name = EntryName.Create("notes.txt");

    [Fact]
    public async Task Edits_of_different_lines_are_both_kept_and_both_devices_make_the_same_revision()
    {
        await using var cluster = await ForkedAsync("a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n");
        var made = new List<RevisionId>();
        foreach (var volume in cluster.Volumes)
        {
            using var changes = volume.Subscribe();
            await MergedAsync(volume);
            // Whoever shows the entry hears of it, though its place and name are the same.
            Assert.Contains(volume.Reader.Find(EntryId.Root, Name)!.Id, changes.Take().Entries);
            Assert.Equal("A\nb\nc\nd\nE\n", Text(volume));
            made.Add(volume.Reader.Find(EntryId.Root, Name)!.Shown!.Value.Id);
        }
        Assert.Equal(made[0], made[1]);
        await cluster.SendAllAsync();
        Assert.Equal(TestCluster.Tree(cluster.Volumes[0]), TestCluster.Tree(cluster.Volumes[1]));
    }

    [Fact]
    public async Task Edits_of_the_same_line_stay_two_heads()
    {
        await using var cluster = await ForkedAsync("a\nb\nc\n", "a\n1\nc\n", "a\n2\nc\n");
        await using (var merger = new VolumeMerger(cluster.Volumes[0], TimeProvider.System, new Random(1)))
        {
            merger.Start();
            await cluster.Volumes[0].CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("other"), TestCluster.Folder()));
        }
        Assert.Equal(2, cluster.Volumes[0].Reader.Conflicts().Single().Heads);
        Assert.Equal(2, cluster.Volumes[0].Reader.Heads(cluster.Volumes[0].Reader.Conflicts().Single().Document).Count);
    }

    [Fact]
    public async Task A_merge_that_is_not_what_its_parents_make_is_flagged_by_who_has_them_and_shown_the_same_by_all()
    {
        await using var cluster = await ForkedAsync("a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", withContents: false);
        var forger = cluster.Volumes[0];
        var entry = forger.Reader.Find(EntryId.Root, Name)!;
        var parents = forger.Reader.Heads(entry.Document).Select(head => forger.Reader.Revision(head.Id)!).ToList();
        var forged = RevisionMerge.Create(parents, parents[0].State with { Content = TestCluster.File(forger, "all mine\n").Content });
        await forger.CommitAsync(edit => edit.Merge(forged, null));
        await cluster.SendAllAsync();
        var other = cluster.Volumes[1];
        await JudgedAsync(other, () => true);
        Assert.Empty(other.Reader.WrongMerges());
        var before = TestCluster.Tree(other);

        // What it waited for comes: now it is known for what it is, and shown as before.
        await using (var merger = new VolumeMerger(other, TimeProvider.System, new Random(1)))
        {
            merger.Start();
            cluster.SendContents(0, 1);
            await UntilAsync(other, () => other.Reader.WrongMerges().Count > 0);
        }
        Assert.Equal(new WrongMerge(forged.Id, entry.Document, forger.Device), Assert.Single(other.Reader.WrongMerges()));
        Assert.Equal(before, TestCluster.Tree(other));
        Assert.Equal(TestCluster.Tree(forger), TestCluster.Tree(other));
        Assert.Contains(other.Reader.History(entry.Document), view => view.Id == parents[1].Id);
        other.Rebuild();
        await JudgedAsync(other, () => other.Reader.WrongMerges().Count > 0);
    }

    [Fact]
    public async Task A_merge_of_things_that_nobody_merges_is_flagged()
    {
        await using var cluster = await ForkedAsync("a\nb\nc\n", "a\n1\nc\n", "a\n2\nc\n");
        var forger = cluster.Volumes[0];
        var entry = forger.Reader.Find(EntryId.Root, Name)!;
        var revisions = forger.Reader.History(entry.Document).Select(view => forger.Reader.Revision(view.Id)!).ToList();
        var heads = revisions.Where(revision => revision.Parents.Length > 0).ToList();
        var ofAncestor = RevisionMerge.Create([revisions.Single(revision => revision.Parents.IsEmpty), heads[0]], heads[0].State with { Mode = 0x1FF });
        var ofConflict = RevisionMerge.Create(heads, heads[0].State with { Mode = 0x1FF });
        await forger.CommitAsync(edit =>
        {
            edit.Merge(ofAncestor, null);
            edit.Merge(ofConflict, null);
        });
        await cluster.SendAllAsync();
        await JudgedAsync(cluster.Volumes[1], () => cluster.Volumes[1].Reader.WrongMerges().Count == 2);
    }

    [Fact]
    public async Task Merges_that_others_made_rightly_are_not_flagged()
    {
        await using var cluster = await ForkedAsync("a\nb\nc\nd\ne\n", "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n");
        await MergedAsync(cluster.Volumes[0]);
        await cluster.SendAllAsync();
        long last = 0;
        Assert.Single(cluster.Volumes[1].Reader.MergesWithoutVerdict(ref last));
        await JudgedAsync(cluster.Volumes[1], () =>
        {
            long from = 0;
            return cluster.Volumes[1].Reader.MergesWithoutVerdict(ref from).Count == 0;
        });
        Assert.Empty(cluster.Volumes[1].Reader.WrongMerges());
    }

    /// <summary>Lets a merger look at a replica until something is so.</summary>
    private static async Task JudgedAsync(Volume volume, Func<bool> condition)
    {
        await using var merger = new VolumeMerger(volume, TimeProvider.System, new Random(1));
        merger.Start();
        await UntilAsync(volume, condition);
    }

    private static async Task UntilAsync(Volume volume, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition()) await tick.WaitForNextTickAsync(limit.Token);
    }

    private static async Task<TestCluster> ForkedAsync(string origin, string left, string right, bool withContents = true)
    {
        var cluster = await TestCluster.CreateAsync(2);
        await cluster.Volumes[0].CommitAsync(edit => edit.Create(EntryId.Root, Name, TestCluster.File(cluster.Volumes[0], origin)));
        await cluster.SendAllAsync();
        await ReviseAsync(cluster.Volumes[0], left);
        await ReviseAsync(cluster.Volumes[1], right);
        await cluster.SendAllAsync();
        if (withContents) cluster.SendContents(0, 1);
        cluster.SendContents(1, 0);
        return cluster;
    }

    private static Task ReviseAsync(Volume volume, string text)
    {
        var state = TestCluster.File(volume, text);
        return volume.CommitAsync(edit => edit.Revise(volume.Reader.Find(EntryId.Root, Name)!.Id, state));
    }

    private static async Task MergedAsync(Volume volume)
    {
        using var changes = volume.Subscribe();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var merger = new VolumeMerger(volume, TimeProvider.System, new Random(1));
        merger.Start();
        while (volume.Reader.Conflicts().Count > 0) await changes.NextAsync(limit.Token);
    }

    private static string Text(Volume volume) =>
        System.Text.Encoding.UTF8.GetString(volume.Contents.ReadAll(volume.Reader.Find(EntryId.Root, Name)!.Shown!.Value.Content, 1 << 20));
}
