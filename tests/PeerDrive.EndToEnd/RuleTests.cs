using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>Documents in two volumes, and rules between these, by the program itself on two nodes.</summary>
[Trait("speed", "slow")]
public sealed class RuleTests
{
    [Fact]
    public async Task A_document_is_in_two_volumes_rules_of_each_kind_keep_these_in_step_and_a_killed_run_ends_right()
    {
        using var directories = new Directories();
        var work = directories.New("Work");
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--link", work, "--name", "a", "--no-mount");
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--name", "b", "--no-mount");
        Directory.CreateDirectory(Path.Combine(work, "docs"));
        File.WriteAllText(Path.Combine(work, "docs", "plan.txt"), "first\n");
        await a.QuietAsync(1);
        File.WriteAllText(Path.Combine(work, "docs", "plan.txt"), "second\n");
        await VersionsAsync(a, "Work", "/docs/plan.txt", 2);
        foreach (var name in new[] { "Second", "Twin", "Mirror", "Large" })
        {
            await a.Client.CreateVolumeAsync(new CreateVolume(name, false), CancellationToken.None);
            await JoinAsync(a, b, name, name == "Mirror" ? "reader" : "writer");
        }

        // Replicated, it is the same document with its history, here and on the other node.
        Assert.Contains("Second:/docs too: 1 file, 1 folder", Cli(a, "replicate", "Work:/docs", "Second:/"), StringComparison.Ordinal);
        var there = await a.Client.LogAsync("Work", "/docs/plan.txt", CancellationToken.None);
        await VersionsAsync(b, "Second", "/docs/plan.txt", 2);
        Assert.Equal(there.Select(revision => revision.Revision), (await b.Client.LogAsync("Second", "/docs/plan.txt", CancellationToken.None)).Select(revision => revision.Revision));
        await TextAsync(b, "Second", "/docs/plan.txt", "second\n");
        var where = await a.Client.WhereAsync("Work", "/docs/plan.txt", CancellationToken.None);
        Assert.Equal(("Second", "/docs/plan.txt", 1L, 1L), (where.Volumes.Single().Volume, where.Volumes[0].Path, where.Volumes[0].Files, where.Volumes[0].CurrentFiles));
        Assert.Contains("Also in Second:/docs/plan.txt", Cli(a, "where", "Work:/docs/plan.txt"), StringComparison.Ordinal);
        // A copy is another document.
        Cli(a, "save", "Work:/docs/plan.txt", "--revision", there[0].Revision, "--as", "Twin:/copy.txt");
        Assert.Empty((await a.Client.WhereAsync("Twin", "/copy.txt", CancellationToken.None)).Volumes);

        // Kept in step, it follows what is written.
        File.WriteAllText(Path.Combine(work, "note.txt"), "one\n");
        await VersionsAsync(a, "Work", "/note.txt", 1);
        var told = Cli(a, "replicate", "Work:/note.txt", "Mirror:/kept.txt", "--in-step");
        Assert.Contains("Work:/note.txt <-> Mirror:/kept.txt", told, StringComparison.Ordinal);
        await TextAsync(b, "Mirror", "/kept.txt", "one\n");
        File.WriteAllText(Path.Combine(work, "note.txt"), "two\n");
        await TextAsync(b, "Mirror", "/kept.txt", "two\n");
        Cli(a, "rule", "remove", (await a.Client.RulesAsync(CancellationToken.None)).Single().Rule);
        Cli(a, "rm", "Mirror:/kept.txt");

        // One way, forward only: what changed on both sides is named, settled by a person, and the rest goes on.
        var forward = (await a.Client.AddRuleAsync(new RuleRequest("Work", "/docs", "Second", "/docs", "one-way", "fast-forward", false), CancellationToken.None)).Rule;
        await StateAsync(a, forward, "in-step");
        var second = directories.New("second");
        await b.Client.LinkAsync(new CreateLink("Second", "/", second, "keep", [], false), CancellationToken.None);
        await b.UntilAsync("the second directory", _ => File.Exists(Path.Combine(second, "docs", "plan.txt")));
        File.WriteAllText(Path.Combine(second, "docs", "plan.txt"), "there\n");
        await VersionsAsync(a, "Second", "/docs/plan.txt", 3);
        File.WriteAllText(Path.Combine(work, "docs", "plan.txt"), "here\n");
        File.WriteAllText(Path.Combine(work, "docs", "more.txt"), "more\n");
        await TextAsync(b, "Second", "/docs/more.txt", "more\n");
        await StateAsync(a, forward, "problems");
        Assert.Contains("Work:/docs/plan.txt: It changed on both sides", Cli(a, "rule", "show", forward), StringComparison.Ordinal);
        await TextAsync(a, "Second", "/docs/plan.txt", "there\n");
        Cli(a, "rule", "resolve", forward, "/docs/plan.txt", "--take", "source");
        await TextAsync(b, "Second", "/docs/plan.txt", "here\n");
        await StateAsync(a, forward, "in-step");
        Cli(a, "rule", "pause", forward);
        Assert.Contains("paused", Cli(a, "rule", "list"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(work, "docs", "more.txt"), "even more\n");
        await VersionsAsync(a, "Work", "/docs/more.txt", 2);
        await TextAsync(a, "Second", "/docs/more.txt", "more\n");
        Cli(a, "rule", "run", forward);
        await TextAsync(a, "Second", "/docs/more.txt", "even more\n");
        Cli(a, "rule", "remove", forward);
        await TextAsync(a, "Second", "/docs/more.txt", "even more\n");

        // Two ways, the newest shown: the other edit stays in the history.
        File.WriteAllText(Path.Combine(work, "news.txt"), "old\n");
        await VersionsAsync(a, "Work", "/news.txt", 1);
        Cli(a, "mkdir", "Twin:/papers");
        var latest = (await a.Client.AddRuleAsync(new RuleRequest("Work", "/", "Twin", "/papers", "two-way", "latest", false) { Only = ["/news.txt"] }, CancellationToken.None)).Rule;
        await TextAsync(b, "Twin", "/papers/news.txt", "old\n");
        Cli(a, "rule", "pause", latest);
        File.WriteAllText(Path.Combine(work, "news.txt"), "new\n");
        await VersionsAsync(a, "Work", "/news.txt", 2);
        await b.Client.WriteAsync("Twin", "/papers/news.txt", new MemoryStream("newest\n"u8.ToArray()), CancellationToken.None);
        await VersionsAsync(a, "Twin", "/papers/news.txt", 2);
        Cli(a, "rule", "resume", latest);
        foreach (var (node, volume, path) in new[] { (a, "Work", "/news.txt"), (b, "Twin", "/papers/news.txt") })
        {
            await TextAsync(node, volume, path, "newest\n");
            await VersionsAsync(node, volume, path, 4);
            var other = Assert.Single(await node.Client.LogAsync(volume, path, CancellationToken.None), revision => revision.Size == 4 && revision.Parents.Count > 0);
            Assert.Equal("new\n", Cli(node, "cat", $"{volume}:{path}", "--revision", other.Revision));
        }
        await a.UntilAsync("the newest in the directory", _ => File.ReadAllText(Path.Combine(work, "news.txt")) == "newest\n");
        Cli(a, "rule", "remove", latest);
        Cli(a, "rm", "Twin:/papers");

        // Two ways, merged: edits of both nodes in both volumes.
        File.WriteAllText(Path.Combine(work, "lines.txt"), "1\n2\n3\n4\n5\n");
        var both = (await a.Client.AddRuleAsync(new RuleRequest("Work", "/", "Twin", "/", "two-way", "merge", false), CancellationToken.None)).Rule;
        await TextAsync(b, "Twin", "/lines.txt", "1\n2\n3\n4\n5\n");
        await a.UntilAsync("the copy", _ => File.Exists(Path.Combine(work, "copy.txt")));
        var twin = directories.New("twin");
        await b.Client.LinkAsync(new CreateLink("Twin", "/", twin, "keep", [], false), CancellationToken.None);
        await b.UntilAsync("the twin directory", _ => File.Exists(Path.Combine(twin, "lines.txt")));
        Cli(a, "rule", "pause", both);
        File.WriteAllText(Path.Combine(twin, "lines.txt"), "1\n2\n3\n4\nfive\n");
        File.WriteAllText(Path.Combine(work, "lines.txt"), "one\n2\n3\n4\n5\n");
        await VersionsAsync(a, "Twin", "/lines.txt", 2);
        await VersionsAsync(a, "Work", "/lines.txt", 2);
        Cli(a, "rule", "resume", both);
        await TextAsync(b, "Twin", "/lines.txt", "one\n2\n3\n4\nfive\n");
        await TextAsync(a, "Work", "/lines.txt", "one\n2\n3\n4\nfive\n");
        File.Delete(Path.Combine(twin, "copy.txt"));
        await a.UntilAsync("the delete", _ => !File.Exists(Path.Combine(work, "copy.txt")));
        await StateAsync(a, both, "in-step");
        Cli(a, "rule", "remove", both);

        // A mirror, into which who may only read cannot write.
        var refused = await Assert.ThrowsAsync<PeerDriveProblemException>(() => b.Client.AddRuleAsync(new RuleRequest("Second", "/", "Mirror", "/", "mirror", "latest", false), CancellationToken.None));
        Assert.Equal("Forbidden", refused.Problem.Kind);
        Assert.Contains("may not change volume Mirror", refused.Problem.Detail, StringComparison.Ordinal);
        var mirror = (await a.Client.AddRuleAsync(new RuleRequest("Second", "/docs", "Mirror", "/", "mirror", "latest", false), CancellationToken.None)).Rule;
        await TextAsync(b, "Mirror", "/more.txt", "even more\n");
        File.Delete(Path.Combine(second, "docs", "more.txt"));
        await b.UntilAsync("the delete in the mirror", status => status.Volumes.Single(volume => volume.Name == "Mirror").Files == 1);
        Assert.Contains((await b.Client.TrashAsync("Mirror", CancellationToken.None)), entry => entry.Path == "/more.txt");
        var back = await Assert.ThrowsAsync<PeerDriveProblemException>(() => a.Client.AddRuleAsync(new RuleRequest("Mirror", "/", "Second", "/docs", "one-way", "latest", false), CancellationToken.None));
        Assert.Equal("Conflict", back.Problem.Kind);
        Cli(a, "rule", "remove", mirror);

        // A filter leaves out on both sides what a mirror would bring and delete.
        File.WriteAllText(Path.Combine(work, "docs", "there.tmp"), "there\n");
        await VersionsAsync(a, "Work", "/docs/there.tmp", 1);
        Cli(a, "rule", "add", "Work:/docs", "Twin:/filtered", "--mirror", "--except", "*.tmp");
        var filtered = (await a.Client.RulesAsync(CancellationToken.None)).Single();
        Assert.Equal("*.tmp", Assert.Single(filtered.Except));
        await TextAsync(b, "Twin", "/filtered/plan.txt", "here\n");
        await b.UntilAsync("the filtered directory", _ => Directory.Exists(Path.Combine(twin, "filtered")));
        foreach (var name in new[] { "here.tmp", "here.txt" }) File.WriteAllText(Path.Combine(twin, "filtered", name), "here\n");
        await b.UntilAsync("the delete by the filtered mirror", _ => !File.Exists(Path.Combine(twin, "filtered", "here.txt")));
        await VersionsAsync(a, "Twin", "/filtered/here.tmp", 1);
        Cli(a, "rule", "run", filtered.Rule);
        var left = (await a.Client.ListAsync("Twin", "/filtered", false, CancellationToken.None)).Select(entry => entry.Path).ToList();
        Assert.Contains("/filtered/here.tmp", left);
        Assert.DoesNotContain("/filtered/there.tmp", left);
        Cli(a, "rule", "remove", filtered.Rule);

        await KilledAsync(a, b, work);
    }

    /// <summary>Kills the node again and again while a rule brings many files.</summary>
    private static async Task KilledAsync(RunningNode a, RunningNode b, string work)
    {
        var files = TestSize.Of(1_500, 20_000);
        for (var i = 0; i < files; i++) File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(work, "many", $"{i % 20}")).FullName, $"f{i}"), $"text {i}");
        await a.UntilAsync("all files", status => status.Volumes.Single(volume => volume.Name == "Work").Files >= files && RunningNode.IsQuiet(status));
        var total = (await a.Client.VolumeAsync("Work", CancellationToken.None)).Files;
        var rule = (await a.Client.AddRuleAsync(new RuleRequest("Work", "/", "Large", "/", "two-way", "merge", false), CancellationToken.None)).Rule;
        var partly = 0;
        for (var kill = 0; kill < 3; kill++)
        {
            long before = 0;
            await a.UntilAsync("the rule to be at work", status => (before = status.Volumes.Single(volume => volume.Name == "Large").Files) > kill * files / 4);
            a.Kill();
            if (before < total) partly++;
            await a.RestartAsync();
        }
        Assert.True(partly > 0, "the rule was done before it was killed");
        await StateAsync(a, rule, "in-step");
        await b.UntilAsync("all files of the rule", status => status.Volumes.Single(volume => volume.Name == "Large") is { MissingContents: 0 } large && large.Files == total);
        var there = (await a.Client.ListAsync("Work", "/", true, CancellationToken.None)).ToDictionary(entry => entry.Path);
        var here = (await b.Client.ListAsync("Large", "/", true, CancellationToken.None)).ToDictionary(entry => entry.Path);
        Assert.Equal(there.Keys.Order(StringComparer.Ordinal), here.Keys.Order(StringComparer.Ordinal));
        Assert.All(there, entry => Assert.Equal(entry.Value.Revision, here[entry.Key].Revision));
        Assert.True((await a.Client.CheckAsync("Large", false, CancellationToken.None)).IsClean);
        Assert.DoesNotContain(await a.Client.JobsAsync(CancellationToken.None), job => job is { Kind: "rule", State: "failed" });
    }

    private static async Task JoinAsync(RunningNode a, RunningNode b, string volume, string role)
    {
        var ticket = (await a.Client.InviteAsync(volume, new CreateTicket(role, 3600, []), CancellationToken.None)).Ticket;
        await b.Client.JoinAsync(new JoinRequest(ticket, null, "keep"), CancellationToken.None);
        await b.UntilAsync($"volume {volume}", status => status.Volumes.Any(known => known.Name == volume && known.Role == role));
    }

    private static Task StateAsync(RunningNode node, string rule, string state) => WaitAsync(node, $"rule {rule} to be {state}", async () => (await node.Client.RuleAsync(rule, CancellationToken.None)).State == state);

    private static Task VersionsAsync(RunningNode node, string volume, string path, int count) =>
        WaitAsync(node, $"{count} versions of {volume}:{path}", async () => (await node.Client.LogAsync(volume, path, CancellationToken.None)).Count == count);

    private static Task TextAsync(RunningNode node, string volume, string path, string text) => WaitAsync(node, $"'{text}' in {volume}:{path}", async () =>
    {
        await using var stream = await node.Client.ReadAsync(volume, path, null, CancellationToken.None);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync() == text;
    });

    private static async Task WaitAsync(RunningNode node, string what, Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var last = "";
        for (var tries = 0; tries < 1_200; tries++)
        {
            try
            {
                if (await condition()) return;
                last = "it is otherwise";
            }
            catch (PeerDriveProblemException e)
            {
                last = e.Message;
            }
            await timer.WaitForNextTickAsync();
        }
        var rules = System.Text.Json.JsonSerializer.Serialize(await node.Client.RulesAsync(CancellationToken.None));
        Assert.Fail($"waited in vain for {what}: {last}\n{rules}\n{node.Log()}");
    }

    private static string Cli(RunningNode node, params string[] arguments) => Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), [.. arguments, "--home", node.Home]);
}
