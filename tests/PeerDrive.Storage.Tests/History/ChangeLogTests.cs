using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.History;

public sealed class ChangeLogTests
{
    [Fact]
    public async Task Each_change_is_told_once_newest_first_with_its_kind_and_place()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        await StoryAsync(volume);
        Assert.Equal(
            [
                "undeleted /docs/b", "deleted /docs/b", "moved /a -> /docs/b", "attributes /a", "edited /a second try", "created /a", "created /docs",
                "settings ", "members ", "members ",
            ],
            Lines(volume.History.Changes(new HistoryQuery(null, null, 100))));
    }

    [Fact]
    public async Task A_file_and_a_folder_have_logs_of_their_own()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        await StoryAsync(volume);
        await replica.WriteAsync("other", [9]);
        var docs = volume.Reader.Find(EntryId.Root, EntryName.Create("docs"))!;
        var file = volume.Reader.Find(docs.Id, EntryName.Create("b"))!;
        Assert.Equal(
            ["undeleted /docs/b", "deleted /docs/b", "moved /a -> /docs/b", "attributes /a", "edited /a second try", "created /a"],
            Lines(volume.History.Changes(new HistoryQuery(file.Document, null, 100))));
        Assert.Equal(
            ["undeleted /docs/b", "deleted /docs/b", "moved /a -> /docs/b", "created /docs"],
            Lines(volume.History.Changes(new HistoryQuery(null, docs.Id, 100))));
        // What left a folder is still told there.
        await volume.CommitAsync(edit => edit.Move(file.Id, EntryId.Root, EntryName.Create("away")));
        Assert.Equal("moved /docs/b -> /away", Lines(volume.History.Changes(new HistoryQuery(null, docs.Id, 1))).Single());
    }

    [Fact]
    public async Task Filters_take_device_kind_time_and_comment()
    {
        await using var cluster = await TestCluster.CreateAsync(2);
        var (here, there) = (cluster.Volumes[0], cluster.Volumes[1]);
        await StoryAsync(here);
        await TestReplica.WriteAsync(there, "theirs", [1]);
        await cluster.SendAsync(1, 0);
        HistoryQuery all = new(null, null, 100);
        Assert.Equal(["created /theirs"], Lines(here.History.Changes(all with { By = new HashSet<DeviceId> { there.Device } })));
        Assert.Equal(["edited /a second try"], Lines(here.History.Changes(all with { Comment = "SECOND" })));
        Assert.Equal(["deleted /docs/b"], Lines(here.History.Changes(all with { Kinds = new HashSet<HistoryKind> { HistoryKind.Deleted } })));
        var edit = here.History.Changes(all with { Comment = "second" }).Changes.Single();
        var since = Lines(here.History.Changes(all with { Since = edit.At.Time }));
        var until = Lines(here.History.Changes(all with { Until = edit.At.Time }));
        Assert.Contains("edited /a second try", since);
        Assert.DoesNotContain("created /a", since);
        Assert.Contains("created /a", until);
        Assert.DoesNotContain("deleted /docs/b", until);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Pages_tell_every_change_once_while_new_ones_come(int limit)
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        await StoryAsync(volume);
        await volume.CommitAsync(edit =>
        {
            for (var i = 0; i < 10; i++) edit.Create(EntryId.Root, EntryName.Create($"many{i}"), TestCluster.File(volume, $"{i}"));
        });
        var expected = Lines(volume.History.Changes(new HistoryQuery(null, null, 100)));
        var told = new List<string>();
        HistoryCursor? after = null;
        do
        {
            var page = volume.History.Changes(new HistoryQuery(null, null, limit) { After = after });
            Assert.True(page.Changes.Count <= limit);
            told.AddRange(Lines(page));
            after = page.Next is { } next ? HistoryCursor.Parse(next.ToString()) : null;
            await replica.WriteAsync($"new{told.Count}", [1]);
            if (told.Count == 5) volume.Rebuild();
        }
        while (after is not null);
        Assert.Equal(expected, told);
        Assert.Null(HistoryCursor.Parse("1.x.0"));
        Assert.Null(HistoryCursor.Parse(""));
    }

    [Fact]
    public async Task A_page_of_a_file_with_many_versions_costs_little()
    {
        await using var replica = await TestReplica.CreateAsync();
        var volume = replica.Volume;
        var entry = await replica.WriteAsync("a", [1]);
        var versions = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") == "1" ? 10_000 : 500;
        for (var i = 0; i < versions / 500; i++)
        {
            await volume.CommitAsync(edit =>
            {
                for (var n = 0; n < 500; n++) edit.Revise(entry.Id, new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Mtime = (i * 500) + n });
            });
        }
        volume.History.Changes(new HistoryQuery(entry.Document, null, 50));
        var started = System.Diagnostics.Stopwatch.StartNew();
        var page = volume.History.Changes(new HistoryQuery(entry.Document, null, 50));
        Assert.Equal(50, page.Changes.Count);
        Assert.True(started.ElapsedMilliseconds < 2_000, $"{started.ElapsedMilliseconds} ms");
    }

    /// <summary>A folder, a file that is edited, moved into it, deleted and put back.</summary>
    private static async Task StoryAsync(Volume volume)
    {
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("docs"), TestCluster.Folder()));
        var docs = volume.Reader.Find(EntryId.Root, EntryName.Create("docs"))!;
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("a"), TestCluster.File(volume, "one")));
        var file = volume.Reader.Find(EntryId.Root, EntryName.Create("a"))!;
        var state = TestCluster.File(volume, "two");
        await volume.CommitAsync(edit => edit.Revise(file.Id, state, comment: "second try"));
        await volume.CommitAsync(edit => edit.Revise(file.Id, state with { Mode = 0x180 }));
        await volume.CommitAsync(edit => edit.Move(file.Id, docs.Id, EntryName.Create("b")));
        await volume.CommitAsync(edit => edit.Delete(file.Id));
        await volume.CommitAsync(edit => edit.Undelete(file.Id));
    }

    private static List<string> Lines(HistoryPage page) => [.. page.Changes.Select(change =>
    {
        var words = $"{change.Kind.ToString().ToLowerInvariant()} {(change.From is null ? "" : change.From + " -> ")}{change.Path}";
        return change.Kind is HistoryKind.Members or HistoryKind.Settings || change.Comment.Length == 0 ? words : $"{words} {change.Comment}";
    })];
}
