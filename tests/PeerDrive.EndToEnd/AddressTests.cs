using System.Text.Json;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;
using PeerDrive.EndToEnd.Mounts;

namespace PeerDrive.EndToEnd;

/// <summary>Documents by identity on two devices: several places, links across volumes, addresses, what links here, and annotations by query.</summary>
[Trait("speed", "slow")]
public sealed class AddressTests
{
    [Fact]
    public async Task Places_links_addresses_and_backlinks_of_one_device_are_those_of_the_other_by_command_api_and_mount()
    {
        await using var a = await MountedNode.TryStartAsync();
        if (a is null) return;
        await using var b = await MountedNode.StartAsync();
        await a.Node.Client.CreateVolumeAsync(new CreateVolume("Private", WithRecoveryKey: false), default);
        await JoinAsync(a.Node, b, "Files");
        await JoinAsync(a.Node, b, "Private");
        a.Sh("mkdir $M/docs $M/clients; echo one > $M/docs/plan.txt");
        await a.CommittedAsync();
        var first = Run(a, 0, "address", "Files:/docs/plan.txt", "--pinned").Trim();
        a.Sh("echo two > $M/docs/plan.txt");
        await a.CommittedAsync();
        var address = Run(a, 0, "address", "Files:/docs/plan.txt").Trim();
        Assert.Equal(address, first[..first.IndexOf('@', StringComparison.Ordinal)]);

        // A file in two folders is one file, also in the mount.
        Assert.Equal("Files:/clients/plan.txt\nFiles:/docs/plan.txt\n", Run(a, 0, "place", "Files:/docs/plan.txt", "--in", "Files:/clients"));
        await UntilAsync(b, "both places", () => Run(b, null, "place", address) == "Files:/clients/plan.txt\nFiles:/docs/plan.txt\n");
        b.Sh("echo three > $M/clients/plan.txt");
        await b.CommittedAsync();
        await UntilAsync(a, "an edit in one place to be seen in the other", () => a.Sh("cat $M/docs/plan.txt") == "three\n");
        Assert.Contains("Files:/docs/plan.txt", Run(b, 0, "show", address), StringComparison.Ordinal);
        Assert.Contains("2 places", Run(b, 0, "where", "Files:/docs/plan.txt"), StringComparison.Ordinal);
        Assert.Contains("2 places", Run(b, 0, "log", "Files:/clients/plan.txt"), StringComparison.Ordinal);
        Assert.Contains("one place only", Run(a, null, "place", "Files:/docs", "--in", "/clients"), StringComparison.Ordinal);

        // Links from another volume: one that follows, one pinned, one to a folder, and one within the volume.
        Assert.Equal("Private:/plan -> Files:/clients/plan.txt\n".Replace("clients", Place(a, address), StringComparison.Ordinal), Run(a, 0, "ln", address, "Private:/plan"));
        Run(a, 0, "ln", first, "Private:/as-sent");
        Run(a, 0, "ln", "Files:/docs", "Private:/");
        Run(a, 0, "ln", "Files:/docs/plan.txt", "Files:/docs/self");
        await UntilAsync(b, "links", () => Run(b, null, "backlinks", address).Split('\n').Length == 6);
        var private2 = Path.Combine(b.Mount, "Private");
        Assert.Equal("three\none\nthree\nthree\n", b.Sh($"cat {private2}/plan {private2}/as-sent {private2}/docs/plan.txt $M/docs/self"));
        Assert.Equal("plan.txt\nself\n", Run(b, 0, "ls", "Private:/docs"));
        Assert.Contains("docs -> Files:/docs", Run(b, 0, "ls", "-l", "Private"), StringComparison.Ordinal);
        Assert.Equal("three\n", Run(b, 0, "cat", "Private:/plan"));
        Assert.Equal("one\n", Run(b, 0, "cat", "Private:/as-sent"));

        // A path goes on through a link, by every command that looks, and by those that set tags.
        Assert.Equal("three\n", Run(b, 0, "cat", "Private:/docs/plan.txt"));
        Assert.Equal("plan.txt\n", Run(b, 0, "ls", "Private:/docs/plan.txt"));
        Assert.Contains($"{address}\n", Run(b, 0, "address", "Private:/docs/plan.txt"), StringComparison.Ordinal);
        Assert.Contains("2 places", Run(b, 0, "log", "Private:/docs/plan.txt"), StringComparison.Ordinal);
        Run(b, 0, "tag", "Private:/docs/plan.txt", "--add", "seen");
        Assert.Contains("seen", Run(b, 0, "tag", "Files:/docs/plan.txt"), StringComparison.Ordinal);
        Assert.Contains("There is no 'nothing' in /docs of volume Files", Run(b, 3, "cat", "Private:/docs/nothing"), StringComparison.Ordinal);
        Assert.Contains("link to a file", Run(b, 20, "cat", "Private:/plan/deeper"), StringComparison.Ordinal);

        // Where programs find it; what would be opened is handed to the desktop's opener and never run.
        Assert.Equal($"{b.Mount}/Files/{Place(b, address)}/plan.txt\n", Run(b, 0, "open", "--print", address));
        Assert.Equal("one\n", b.Sh($"cat {Run(b, 0, "open", "--print", first).Trim()}"));
        b.Sh("mkdir $O/bin; printf '#!/bin/sh\\necho \"opens $1\" > $O/opened\\n' > $O/bin/xdg-open; sed -i \"s#\\$O#$O#\" $O/bin/xdg-open; chmod +x $O/bin/xdg-open");
        b.Sh($"PATH=$O/bin:$PATH {Path.Combine(RunningNode.Repository, "peerdrive")} open {address} --home {b.Node.Home}");
        Assert.Equal($"opens {b.Mount}/Files/{Place(b, address)}/plan.txt\n", b.Sh("cat $O/opened"));

        // The target moves on one device: links and addresses go with it on the other.
        a.Sh("mkdir $M/deep; mv $M/docs $M/deep/papers; rm $M/clients/plan.txt");
        await a.CommittedAsync();
        await UntilAsync(b, "the link to follow", () => b.Sh($"readlink {private2}/plan", mayFail: true) == "../Files/deep/papers/plan.txt\n");
        Assert.Equal("../Files/deep/papers\n", b.Sh($"readlink {private2}/docs"));
        Assert.Equal("three\none\nthree\nthree\n", b.Sh($"cat {private2}/plan {private2}/as-sent {private2}/docs/plan.txt $M/deep/papers/self"));
        Assert.Equal("three\none\n", Run(b, 0, "cat", address) + Run(b, 0, "cat", first));
        Assert.Equal("plan.txt\nself\n", Run(b, 0, "ls", Run(b, 0, "address", "Files:/deep/papers").Trim()));
        Assert.Equal("three\n", Run(b, 0, "cat", Run(b, 0, "address", "Files:/deep").Trim() + "/papers/plan.txt"));

        // What links here, by the API; a link that is deleted is none.
        var links = await b.Node.Client.BacklinksAsync("Files", address, default);
        Assert.Equal((address, "/deep/papers/plan.txt"), (links.Address, Assert.Single(links.Places)));
        Assert.Equal(["Files:/deep/papers/self", "Private:/as-sent", "Private:/plan"], links.Links.Select(link => $"{link.Volume}:{link.Path}"));
        Assert.Equal([null, first[(first.IndexOf('@', StringComparison.Ordinal) + 1)..], null], links.Links.Select(link => link.Pinned));
        b.Sh($"rm {private2}/plan");
        await b.CommittedAsync();
        await UntilAsync(a, "one link less", () => Run(a, null, "backlinks", "Files:/deep/papers/plan.txt").Split('\n').Length == 3);

        // What was deleted opens by its address, and its links lead to what is kept of it.
        var resolved = await b.Node.Client.ResolveAsync(address, default);
        Assert.Equal(("Files", "file", false, 2), (resolved.Volume, resolved.Kind, resolved.IsDeleted, resolved.Backlinks));
        a.Sh("rm $M/deep/papers/plan.txt");
        await a.CommittedAsync();
        await UntilAsync(b, "the deletion", () => Run(b, null, "show", address).Contains("deleted", StringComparison.Ordinal));
        Assert.Equal("three\n", b.Sh("cat $M/deep/papers/self"));
        Assert.Equal("three\n", Run(b, 0, "cat", address));
        Assert.Contains("was deleted", Run(b, null, "tag", address, "--add", "x"), StringComparison.Ordinal);
        Run(b, 0, "undelete", address);
        Assert.Equal("Files:/deep/papers/plan.txt\n", Run(b, 0, "place", address));

        // Addresses of what is not here, and what is none.
        Assert.Contains("Join it first", Run(b, 3, "cat", $"pd:{new string('0', 32)}/{new string('0', 32)}"), StringComparison.Ordinal);
        Assert.Contains("no address", Run(b, 2, "cat", "pd:nonsense/x"), StringComparison.Ordinal);
        Assert.Contains("one version", Run(b, 2, "tag", first, "--add", "x"), StringComparison.Ordinal);
        foreach (var bad in new[] { "pd:", "pd:x", address + "/..", address + "@1", new string('a', 9000) })
            Assert.Equal("Invalid", (await Assert.ThrowsAsync<PeerDriveProblemException>(() => b.Node.Client.ResolveAsync(bad, default))).Problem.Kind);
        await a.CheckIsCleanAsync();
        await b.CheckIsCleanAsync();
    }

    [Fact]
    public async Task A_link_into_a_volume_that_one_does_not_have_shows_its_address_and_opens_after_joining()
    {
        await using var a = await MountedNode.TryStartAsync();
        if (a is null) return;
        await using var b = await MountedNode.StartAsync();
        await a.Node.Client.CreateVolumeAsync(new CreateVolume("Private", WithRecoveryKey: false), default);
        a.Sh("echo secret > $M/../Private/s");
        await a.CommittedAsync();
        Run(a, 0, "ln", "Private:/s", "Files:/s");
        await JoinAsync(a.Node, b, "Files");
        var address = Run(a, 0, "address", "Private:/s").Trim();
        await UntilAsync(b, "the link", () => b.Sh("readlink $M/s", mayFail: true) == address + "\n");
        Assert.Contains("No such file", b.Sh("cat $M/s", mayFail: true), StringComparison.Ordinal);
        Assert.Contains($"s -> {address}", Run(b, 0, "ls", "-l", "Files"), StringComparison.Ordinal);
        Assert.Contains("Join it first", Run(b, 3, "cat", "Files:/s"), StringComparison.Ordinal);
        Assert.Contains("Join it first", Run(b, 3, "show", address), StringComparison.Ordinal);
        await JoinAsync(a.Node, b, "Private");
        await UntilAsync(b, "the link to open", () => b.Sh("cat $M/s", mayFail: true) == "secret\n");
        Assert.Equal("secret\n", Run(b, 0, "cat", "Files:/s"));
        Assert.Equal("link   Files:/s\n", Run(b, 0, "backlinks", address));
    }

    [Fact]
    public async Task Links_in_a_circle_and_links_to_nowhere_end_with_an_error()
    {
        await using var a = await MountedNode.TryStartAsync();
        if (a is null) return;
        // Two links of the names that the other one refers to: their documents are known before they are made again.
        a.Sh("echo x > $M/x; mkdir $M/d");
        await a.CommittedAsync();
        Run(a, 0, "ln", "Files:/x", "Files:/one");
        Run(a, 0, "ln", "Files:/one", "Files:/two");
        a.Sh("rm $M/one");
        await a.CommittedAsync();
        Run(a, 0, "ln", "Files:/two", "Files:/one");
        Assert.Contains("circle", Run(a, 2, "cat", "Files:/one"), StringComparison.Ordinal);
        Assert.Contains("Too many levels of symbolic links", a.Sh("cat $M/one", mayFail: true), StringComparison.Ordinal);
        Assert.Contains("two -> Files:/one", Run(a, 0, "ls", "-l", "Files:/"), StringComparison.Ordinal);
        Run(a, 0, "ln", "Files:/d", "Files:/e");
        Assert.Contains("link to a folder", Run(a, null, "cat", "Files:/e"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_a_query_finds_is_tagged_rated_and_annotated_and_the_other_device_has_it()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        for (var i = 0; i < 1_200; i++) File.WriteAllText(Path.Combine(source, $"note {i}.txt"), $"number {i}");
        File.WriteAllText(Path.Combine(source, "other.jpg"), "x");
        await using var pair = await Pair.StartAsync(directories, source, 1_201);
        var client = pair.A.Client;
        await pair.UntilAsync("the index", () => Json(pair.A, "find", "name:note", "--json").GetProperty("total").GetInt64() == 1_200);
        Assert.Contains("1,200 would be changed", Cli(pair.A, "tag", "--where", "name:note", "--volume", "source", "--add", "notes", "--dry-run"), StringComparison.Ordinal);
        Assert.Equal(0, Json(pair.A, "find", "tag:notes", "--json").GetProperty("total").GetInt64());
        var tagged = Json(pair.A, "tag", "--where=-tag:notes name:note", "--volume", "source", "--add", "notes", "--json");
        Assert.Equal((1_200, 3), (tagged.GetProperty("changed").GetInt32(), tagged.GetProperty("commits").GetInt32()));
        Assert.Contains("1,200 are so already", Cli(pair.A, "tag", "--where", "name:note", "--add", "notes"), StringComparison.Ordinal);
        Assert.Contains("were changed", Cli(pair.A, "rate", "--where", "tag:notes", "4.5"), StringComparison.Ordinal);
        Assert.Contains("were changed", Cli(pair.A, "annotate", "--where", "tag:notes", "project=Harbour"), StringComparison.Ordinal);
        await pair.UntilAsync("tags on b", () => Json(pair.B, "find", "tag:notes rating=4.5 project:harbour", "--json").GetProperty("total").GetInt64() == 1_200);

        // What cannot be changed is named, the rest is changed; a query or change that makes no sense changes nothing.
        await client.AnnotateAsync("source", new AnnotateRequest(["/note 7.txt"]) { Set = [new FieldEdit("labels", "5") { Type = "number" }] }, default);
        var change = new AnnotateRequest([]) { Add = [new FieldEdit("labels", "blue")] };
        await pair.UntilAsync("the index", () => Json(pair.A, "find", "labels=5", "--json").GetProperty("total").GetInt64() == 1);
        var mixed = await client.AnnotateMatchesAsync(new BulkAnnotateRequest("name=\"note 7.txt\" or name=\"note 8.txt\"", ["source"], change, false), default);
        Assert.Equal((2, 1, 0, 1), (mixed.Matches, mixed.Changed, mixed.Unchanged, mixed.RefusedCount));
        Assert.Contains("note 7.txt", Assert.Single(mixed.Refused), StringComparison.Ordinal);
        foreach (var (query, wrong) in new[] { ("is:odd", change), ("name:note", new AnnotateRequest([])) })
            Assert.Equal("Invalid", (await Assert.ThrowsAsync<PeerDriveProblemException>(() => client.AnnotateMatchesAsync(new BulkAnnotateRequest(query, [], wrong, false), default))).Problem.Kind);
        Assert.Equal("Nothing matches.\n", Cli(pair.A, "tag", "--where", "name:nobody", "--add", "x"));
        Assert.Contains("either places or --where", Cli(pair.A, "tag", "source:/other.jpg", "--where", "name:note", "--add", "x"), StringComparison.Ordinal);
    }

    private static async Task JoinAsync(RunningNode from, MountedNode to, string volume)
    {
        var ticket = (await from.Client.InviteAsync(volume, new CreateTicket("writer", 3600, []), default)).Ticket;
        await to.Node.Client.JoinAsync(new JoinRequest(ticket, null, "keep"), default);
        await to.Node.UntilAsync($"volume {volume}", status => status.Volumes.Any(known => known.Name == volume && known.MissingContents == 0));
    }

    /// <summary>The folder of the first place of a document, which is what a link to it names.</summary>
    private static string Place(MountedNode node, string address) =>
        Json(node.Node, "ls", address, "--json")[0].GetProperty("path").GetString()!.Split('/')[1];

    private static Task UntilAsync(MountedNode node, string what, Func<bool> condition) => node.Node.UntilAsync(what, _ => condition());

    private static string Run(MountedNode node, int? exit, params string[] arguments)
    {
        var (code, output) = RunWithExit(node.Node, arguments);
        if (exit is { } wanted) Assert.True(wanted == code, $"{string.Join(' ', arguments)} ended with {code}: {output}\n{node.Node.Log()}");
        return output;
    }

    private static (int Exit, string Output) RunWithExit(RunningNode node, string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(Path.Combine(RunningNode.Repository, "peerdrive"), [.. arguments, "--home", node.Home]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static JsonElement Json(RunningNode node, params string[] arguments) => JsonSerializer.Deserialize<JsonElement>(RunWithExit(node, arguments).Output);

    private static string Cli(RunningNode node, params string[] arguments) => RunWithExit(node, arguments).Output;
}
