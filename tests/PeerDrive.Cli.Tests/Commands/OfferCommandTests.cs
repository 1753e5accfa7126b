using PeerDrive.Cli.Tests.Running;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Tests.Commands;

public sealed class OfferCommandTests : IAsyncLifetime
{
    private readonly TestShell shell = new();
    private FakeNode node = null!;

    public async Task InitializeAsync() => node = await FakeNode.StartAsync();

    public async Task DisposeAsync() => await node.DisposeAsync();

    [Fact]
    public async Task Offers_are_a_table_of_what_is_offered_by_whom()
    {
        node.On("GET offers", (IReadOnlyList<OfferStatus>)
        [
            new OfferStatus("1f", "Friends", "movies", "Ann", "laptop", true, "/home/ann/movies", "offered", 1_200, 3 << 20, true),
            new OfferStatus("2f", "Friends", "movies", "Bob", "desk", false, null, "shown", 7, 1 << 20, false),
        ]);
        Assert.Equal(0, await RunAsync("offer"));
        Assert.Contains("Friends  movies  Ann   1,200  3.0 MiB  offered         /home/ann/movies", shell.Text);
        Assert.Contains("Friends  movies  Bob       7  1.0 MiB  shown, offline", shell.Text);
    }

    [Fact]
    public async Task A_directory_is_offered_and_withdrawn_by_its_whole_path()
    {
        node.On("POST offers", new OfferStatus("1f", "Friends", "films/old", "Ann", "laptop", true, "/srv/films", "scanning", 0, 0, true));
        Assert.Equal(0, await RunAsync("offer", "/srv/films", "--to", "Friends", "--as", "films/old"));
        Assert.Contains("/srv/films is offered to the members of Friends as films/old.", shell.Text);
        Assert.Contains("jobs --watch", shell.Text);
        node.On("DELETE offers", context =>
        {
            Assert.Equal("movies", context.Request.Query["offer"]);
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        Assert.Equal(0, await RunAsync("offer", "--stop", "movies"));
        Assert.Contains("movies is not offered any more", shell.Text);
    }

    [Fact]
    public async Task The_common_tree_hides_owners_until_they_are_asked_for()
    {
        node.On("GET volumes/Friends/common/entries", (IReadOnlyList<EntryStatus>)
            [new EntryStatus("", "", "/movies", "movies", "folder", 0, "0555", Samples.Time, "", 1, true, null)]);
        Assert.Equal(0, await RunAsync("ls", "--common", "Friends"));
        Assert.Equal("movies/\n", shell.Text);
        node.On("GET volumes/Friends/common/where", new CommonWhere("/movies/KillBill", "file", 1 << 20,
            [new CommonOwner("Ann", "1f", "/KillBill", true, true), new CommonOwner("Bob", "2f", "/old/KillBill", false, false)]));
        Assert.Equal(0, await RunAsync("where", "--common", "Friends:/movies/KillBill"));
        Assert.Contains("Friends:/movies/KillBill: file, 1.0 MiB", shell.Text);
        Assert.Contains("Ann    /KillBill      here, online", shell.Text);
        Assert.Contains("Bob    /old/KillBill", shell.Text);
    }

    private Task<int> RunAsync(params string[] arguments) => shell.RunAsync([.. arguments, "--home", node.Home]);
}
