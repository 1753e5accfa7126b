using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>Writing, going back and looking at versions by commands alone, and what another device sees of it.</summary>
[Trait("speed", "slow")]
public sealed class CommandLineTests
{
    [Fact]
    public async Task A_file_is_put_moved_compared_restored_saved_and_deleted_by_commands_and_the_other_device_follows()
    {
        using var directories = new Directories();
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--name", "a", "--person", "Ada", "--no-mount");
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--name", "b", "--person", "Bob", "--no-mount");
        var local = Path.Combine(directories.New("local"), "plan.txt");
        Cli(a, "volume", "create", "Work");
        Cli(b, "join", Cli(a, "invite", "Work").Trim());

        Cli(a, "mkdir", "Work:/plans");
        File.WriteAllText(local, "one\ntwo\n");
        Assert.Contains("Work:/plans/plan.txt has 8 B now", Cli(a, "put", local, "Work:/plans/plan.txt", "--comment", "a first idea"), StringComparison.Ordinal);
        File.WriteAllText(local, "one\nthree\n");
        Cli(a, "put", local, "Work:/plans/plan.txt", "--comment", "as agreed");
        Assert.Contains("look again", Cli(a, "put", local, "Work:/plans/plan.txt", "--new"), StringComparison.Ordinal);
        Cli(a, "tag", "Work:/plans/plan.txt", "--add", "team");
        Cli(a, "mv", "Work:/plans/plan.txt", "/final.txt");
        await ContentAsync(b, "/final.txt", "one\nthree\n");
        var log = await b.Client.LogAsync("Work", "/final.txt", CancellationToken.None);
        Assert.Equal(["as agreed", "a first idea"], log.Select(revision => revision.Comment).Where(comment => comment.Length > 0));
        Assert.Contains("team", Cli(b, "fields", "Work:/final.txt"), StringComparison.Ordinal);
        var graph = Cli(b, "log", "Work:/final.txt", "--graph");
        Assert.Contains("as agreed", graph, StringComparison.Ordinal);
        Assert.Contains("(shown", graph, StringComparison.Ordinal);
        var (first, second) = (log[^1].Revision, log.Last(revision => revision.Comment == "as agreed").Revision);
        var diff = Cli(b, "diff", "Work:/final.txt", first, second);
        Assert.Contains("-two", diff, StringComparison.Ordinal);
        Assert.Contains("+three", diff, StringComparison.Ordinal);

        Assert.Equal("one\ntwo\n", Cli(b, "cat", "Work:/final.txt", "--revision", first));
        Assert.Contains("plan.txt", Cli(b, "ls", "Work:/plans", "--at", first), StringComparison.Ordinal);
        Cli(b, "restore", "Work:/final.txt", "--revision", first);
        await ContentAsync(a, "/final.txt", "one\ntwo\n");
        Cli(b, "save", "Work:/final.txt", "--revision", second, "--as", "Work:/agreed.txt");
        await ContentAsync(a, "/agreed.txt", "one\nthree\n");
        Assert.NotEqual((await a.Client.DocumentAsync("Work", "/final.txt", null, CancellationToken.None)).Document, (await a.Client.DocumentAsync("Work", "/agreed.txt", null, CancellationToken.None)).Document);

        Assert.Contains("undelete", Cli(a, "rm", "Work:/agreed.txt"), StringComparison.Ordinal);
        await b.UntilAsync("the delete", status => status.Volumes is [{ Files: 1 }]);
        Cli(b, "undelete", "Work:/agreed.txt");
        await ContentAsync(a, "/agreed.txt", "one\nthree\n");
    }

    [Fact]
    public async Task A_large_file_goes_in_pieces_and_the_input_in_one()
    {
        using var directories = new Directories();
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--no-mount");
        Cli(a, "volume", "create", "Work");
        var bytes = new byte[(9 << 20) + 5];
        new Random(1).NextBytes(bytes);
        var local = Path.Combine(directories.New("local"), "big.bin");
        File.WriteAllBytes(local, bytes);
        Cli(a, "put", local, "Work:/big.bin");
        using var back = new MemoryStream();
        await using (var read = await a.Client.ReadAsync("Work", "/big.bin", null, CancellationToken.None)) await read.CopyToAsync(back);
        Assert.Equal(bytes, back.ToArray());
        Assert.All(Directory.EnumerateFiles(Path.Combine(a.Home, "uploads")), file => Assert.InRange(new FileInfo(file).Length, 0, 1_000));
        Directories.Run("/bin/sh", "-c", $"seq 3 | '{Path.Combine(RunningNode.Repository, "peerdrive")}' put - Work:/seq.txt --home '{a.Home}'");
        Assert.Equal("1\n2\n3\n", Cli(a, "cat", "Work:/seq.txt"));
    }

    private static Task ContentAsync(RunningNode node, string path, string text) => node.UntilAsync($"'{text}' in {path}", _ =>
    {
        using var stream = node.Client.ReadAsync("Work", path, null, CancellationToken.None).GetAwaiter().GetResult();
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd() == text;
    });

    private static string Cli(RunningNode node, params string[] arguments) => Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), [.. arguments, "--home", node.Home]);
}
