using PeerDrive.Model.Identifiers;
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
            await MergedAsync(volume);
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

    private static async Task<TestCluster> ForkedAsync(string origin, string left, string right)
    {
        var cluster = await TestCluster.CreateAsync(2);
        await cluster.Volumes[0].CommitAsync(edit => edit.Create(EntryId.Root, Name, TestCluster.File(cluster.Volumes[0], origin)));
        await cluster.SendAllAsync();
        await ReviseAsync(cluster.Volumes[0], left);
        await ReviseAsync(cluster.Volumes[1], right);
        await cluster.SendAllAsync();
        cluster.SendContents(0, 1);
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
