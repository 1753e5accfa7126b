using PeerDrive.Cli.Tests.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Tests.Commands;

public sealed class RetentionCommandTests : IAsyncLifetime
{
    private readonly TestShell shell = new();
    private FakeNode node = null!;

    public async Task InitializeAsync() => node = await FakeNode.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Theory]
    [InlineData("keep-all", "--all 30d --daily 14 --yearly all", "all 30d daily 14 yearly all")]
    [InlineData("all 30d daily 14 hold 30d", "--daily none --versions 5", "all 30d versions 5 hold 30d")]
    [InlineData("all 30d daily 14 hold 30d", "--keep-all", "keep-all")]
    [InlineData("all 30d daily 14 hold 30d", "--keep-all --trash 90d", "trash 90d")]
    [InlineData("versions 5 hold 30d", "--versions none --hold none", "hold none")]
    [InlineData("hold none", "--size 10GB", "size 10GB hold none")]
    public async Task What_is_typed_changes_that_part_of_the_rule_alone(string before, string typed, string after)
    {
        node.On("GET volumes/Work/retention", new RetentionStatus("1f", before, before == "keep-all", 0, 0, 0));
        node.On("POST volumes/Work/retention", new RetentionStatus("1f", after, after == "keep-all", 1_200, 5 << 20, 2));
        Assert.Equal(0, await RunAsync(["retention", "Work", .. typed.Split(' ')]));
        Assert.Contains($"\"rule\": \"{after}\"", node.Asked[^1], StringComparison.Ordinal);
        Assert.Contains(after == "keep-all" ? "Every version is kept" : after, shell.Text, StringComparison.Ordinal);
        Assert.Contains("1,200 contents of old versions (5.0 MiB) were let go", shell.Text, StringComparison.Ordinal);
        Assert.Contains("2 versions are pinned", shell.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_go_is_a_table_with_its_totals()
    {
        node.On("GET jobs", Array.Empty<JobStatus>());
        node.On("POST volumes/Work/thin", new ThinStatus(true, "versions 2", 12, 3 << 20, 0, [new ThinnedStatus("/plan.txt", "2f", false, 10, 2 << 20), new ThinnedStatus("/old", "3f", true, 2, 1 << 20)], 4));
        Assert.Equal(0, await RunAsync("thin", "Work:/", "--dry-run"));
        Assert.Contains("/plan.txt             10  2.0 MiB", shell.Text, StringComparison.Ordinal);
        Assert.Contains("/old (deleted)         2  1.0 MiB", shell.Text, StringComparison.Ordinal);
        Assert.Contains("and 4 more files", shell.Text, StringComparison.Ordinal);
        Assert.Contains("12 versions would go, 3.0 MiB on disk; nothing was changed.", shell.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_given_back_and_what_the_disk_is_used_for_is_told()
    {
        node.On("GET jobs", Array.Empty<JobStatus>());
        node.On("POST volumes/Work/collect", new CollectStatus(false, 100, 2 << 20, "The history is still on its way, so nobody can tell yet what refers to what.", new DiskUseStatus(9 << 20, 2 << 20, 0, 512)));
        Assert.Equal(0, await RunAsync("collect", "Work"));
        Assert.Contains("2.0 MiB were given back.", shell.Text, StringComparison.Ordinal);
        Assert.Contains("The history is still on its way", shell.Text, StringComparison.Ordinal);
        Assert.Contains("On disk: 9.0 MiB current, 2.0 MiB history, 0 B trash, 512 B reclaimable.", shell.Text, StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) => shell.RunAsync([.. arguments, "--home", node.Home]);
}
