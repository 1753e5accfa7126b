using PeerDrive.Cli.Tests.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Tests.Commands;

public sealed class FindTests : IAsyncLifetime
{
    private readonly TestShell shell = new();
    private FakeNode node = null!;

    public async Task InitializeAsync() => node = await FakeNode.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task Matches_are_a_table_with_place_size_time_and_the_words_about_them()
    {
        node.On("GET search", new SearchStatus("beach", [Match("/docs/beach.txt", "sand and sea"), Match("/top.jpg", null, isDeleted: true), Match("/photos", null, kind: "folder")], 7, "next", IsPartial: true));
        Assert.Equal(0, await RunAsync("find", "beach", "Work", "Home", "--limit", "3"));
        Assert.Contains(node.Asked, asked => asked.Contains("q=beach", StringComparison.Ordinal) && asked.Contains("limit=3", StringComparison.Ordinal) && asked.Contains("volume=Work&volume=Home", StringComparison.Ordinal));
        Assert.Contains("NAME       PLACE", shell.Text);
        Assert.Contains("beach.txt  Work:/docs", shell.Text);
        Assert.Contains("1.5 KiB", shell.Text);
        Assert.Contains("sand and sea", shell.Text);
        Assert.Contains("top.jpg    Work:/ (deleted)", shell.Text);
        Assert.Contains("photos/    Work:/", shell.Text);
        Assert.Contains("3 of 7 are shown", shell.Text);
        Assert.Contains("The index is being made", shell.Text);
    }

    [Fact]
    public async Task Further_pages_are_asked_for_until_the_limit()
    {
        node.On("GET search", new SearchStatus("x", [Match("/a", null), Match("/b", null)], 9, "more", IsPartial: false));
        Assert.Equal(0, await RunAsync("find", "x", "--limit", "4", "--long"));
        Assert.Contains(node.Asked, asked => asked.Contains("cursor=more&limit=2", StringComparison.Ordinal));
        Assert.Equal(4, shell.Text.Split('\n').Count(line => line.StartsWith("0644", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_mistake_in_a_query_is_pointed_at()
    {
        node.OnProblem("GET search", 400, "Invalid", 2, "This bracket is not closed.\n  beach (photo\n        ^");
        Assert.Equal(2, await RunAsync("find", "beach (photo"));
        Assert.Contains("peerdrive: This bracket is not closed.\n  beach (photo\n        ^", shell.Complaint);
    }

    [Fact]
    public async Task Queries_are_saved_listed_and_run()
    {
        node.On("POST volumes/Work/queries", new SavedQuery("Work", "aa", "/Best.query", "rating>=4", null));
        Assert.Equal(0, await RunAsync("find", "--save", "Best", "rating>=4", "Work"));
        Assert.Contains("Saved as Work:/Best.query", shell.Text);
        node.On("GET queries", new[] { new SavedQuery("Work", "aa", "/Best.query", "rating>=4", null), new SavedQuery("Work", "aa", "/far.query", null, null), new SavedQuery("Work", "aa", "/bad.query", "(", "This bracket is not closed.") });
        Assert.Equal(0, await RunAsync("find", "--saved"));
        Assert.Contains("Work:/Best.query  rating>=4", shell.Text);
        Assert.Contains("(not here)", shell.Text);
        Assert.Contains("( (This bracket is not closed.)", shell.Text);
        node.On("GET volumes/Work/query", new SavedQuery("Work", "aa", "/Best.query", "rating>=4", null)).On("GET search", new SearchStatus("rating>=4", [], 0, null, IsPartial: false));
        Assert.Equal(0, await RunAsync("find", "--run", "Work:/Best.query"));
        Assert.Contains("Nothing matches.", shell.Text);
        Assert.Contains(node.Asked, asked => asked.Contains("rating%3E%3D4", StringComparison.Ordinal) && asked.Contains("volume=aa", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("find")]
    [InlineData("find", "x", "--limit", "0")]
    [InlineData("find", "--saved", "--run", "Work:/x")]
    [InlineData("find", "--run", "Work")]
    [InlineData("find", "--save", "n", "x", "A", "B")]
    public async Task What_makes_no_sense_is_told(params string[] arguments) => Assert.Equal(2, await RunAsync(arguments));

    private static SearchMatch Match(string path, string? snippet, bool isDeleted = false, string kind = "file") => new(
        "Work", "aa", new EntryStatus("e", "d", path, path[(path.LastIndexOf('/') + 1)..], kind, 1536, "0644", DateTimeOffset.UnixEpoch, "0123456789abcdef", 1, true, null), isDeleted, snippet, 1);

    private Task<int> RunAsync(params string[] arguments) => shell.RunAsync([.. arguments, "--home", node.Home]);
}
