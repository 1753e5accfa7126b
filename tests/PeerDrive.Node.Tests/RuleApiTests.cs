using System.Text;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Tests;

public sealed class RuleApiTests
{
    [Fact]
    public async Task A_rule_follows_both_volumes_is_kept_over_a_restart_and_takes_up_what_came_meanwhile()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-rules-");
        try
        {
            string id;
            await using (var node = await TestNode.StartAsync(home: Path.Combine(root.FullName, "home")))
            {
                await CreateAsync(node, "One", "Two");
                await WriteAsync(node, "One", "a", "first");
                var rule = await node.Client.AddRuleAsync(Request("One", "Two", "two-way"), CancellationToken.None);
                id = rule.Rule;
                await TextAsync(node, "Two", "a", "first");
                await WriteAsync(node, "Two", "a", "second");
                await WriteAsync(node, "Two", "b", "new");
                await TextAsync(node, "One", "a", "second");
                await TextAsync(node, "One", "b", "new");
                await StateAsync(node, id, "in-step");
                Assert.Equal("paused", (await node.Client.RuleActionAsync(id[..4], "pause", CancellationToken.None)).State);
                await WriteAsync(node, "One", "a", "third");
            }
            await using (var node = await TestNode.StartAsync(home: Path.Combine(root.FullName, "home")))
            {
                var kept = Assert.Single(await node.Client.RulesAsync(CancellationToken.None));
                Assert.Equal((id, "paused", "two-way"), (kept.Rule, kept.State, kept.Direction));
                Assert.Equal("second", Text(node, "Two", "a"));
                await node.Client.RuleActionAsync(id, "run", CancellationToken.None);
                Assert.Equal("third", Text(node, "Two", "a"));
                await node.Client.RuleActionAsync(id, "resume", CancellationToken.None);
                await WriteAsync(node, "One", "c", "after");
                await TextAsync(node, "Two", "c", "after");
                await node.Client.RemoveRuleAsync(id, CancellationToken.None);
                Assert.Empty(await node.Client.RulesAsync(CancellationToken.None));
                Assert.Equal("after", Text(node, "Two", "c"));
            }
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_what_does()
    {
        await using var node = await TestNode.StartAsync();
        await CreateAsync(node, "One", "Two", "Three");
        await WriteAsync(node, "One", "file", "x");
        await RefusedAsync("Invalid", Request("One", "Two", "sideways"));
        await RefusedAsync("Invalid", Request("One", "Two", "one-way") with { Strategy = "guess" });
        await RefusedAsync("Invalid", Request("One", "One", "one-way"));
        await RefusedAsync("NotFound", Request("One", "Nowhere", "one-way"));
        await RefusedAsync("NotFound", Request("One", "Two", "one-way") with { SourcePath = "/none" });
        await RefusedAsync("NotAFolder", Request("One", "Two", "one-way") with { SourcePath = "/file" });
        await RefusedAsync("NotFound", Request("One", "Two", "one-way") with { TargetPath = "/none/new" });
        await RefusedAsync("Invalid", Request("One", "Two", "sideways") with { TargetPath = "/new" });
        // Of a rule that was refused no folder stays; one that is taken makes it.
        Assert.Empty(await node.Client.ListAsync("Two", "/", false, CancellationToken.None));
        var made = await node.Client.AddRuleAsync(Request("One", "Two", "one-way") with { TargetPath = "/new", IsPaused = true }, CancellationToken.None);
        Assert.Equal("/new", Assert.Single(await node.Client.ListAsync("Two", "/", false, CancellationToken.None)).Path);
        await node.Client.RemoveRuleAsync(made.Rule, CancellationToken.None);
        var paused = Request("One", "Two", "mirror") with { IsPaused = true };
        var rule = await node.Client.AddRuleAsync(paused, CancellationToken.None);
        await RefusedAsync("AlreadyExists", paused);
        await node.Client.AddRuleAsync(Request("Two", "Three", "one-way") with { IsPaused = true }, CancellationToken.None);
        // Three would lead back into the mirror's source.
        await RefusedAsync("Conflict", Request("Three", "One", "one-way"));
        await RefusedAsync("Conflict", Request("One", "Three", "two-way"));
        Assert.Equal("NotFound", (await TestNode.ProblemAsync(() => node.Client.RuleActionAsync("ffffffffff", "run", CancellationToken.None))).Kind);
        Assert.Equal("Invalid", (await TestNode.ProblemAsync(() => node.Client.RuleActionAsync(rule.Rule, "dance", CancellationToken.None))).Kind);
        Assert.Equal("Invalid", (await TestNode.ProblemAsync(() => node.Client.SettleRuleAsync(rule.Rule, new RuleSettle("/file", "both"), CancellationToken.None))).Kind);
        Assert.Equal("NotFound", (await TestNode.ProblemAsync(() => node.Client.SettleRuleAsync(rule.Rule, new RuleSettle("/none", "skip"), CancellationToken.None))).Kind);
        Assert.Equal("NotFound", (await TestNode.ProblemAsync(() => node.Client.SettleRuleAsync(rule.Rule, new RuleSettle("/file", "unskip"), CancellationToken.None))).Kind);

        async Task RefusedAsync(string kind, RuleRequest request) => Assert.Equal(kind, (await TestNode.ProblemAsync(() => node.Client.AddRuleAsync(request, CancellationToken.None))).Kind);
    }

    [Fact]
    public async Task A_file_that_is_replicated_in_step_stays_so_when_it_is_moved_and_a_delete_stays_where_it_was_done()
    {
        await using var node = await TestNode.StartAsync();
        await CreateAsync(node, "One", "Two");
        await WriteAsync(node, "One", "a", "first");
        await WriteAsync(node, "One", "other", "of no concern");
        var made = await node.Client.ReplicateAsync("One", new ReplicateRequest("/a", "Two", "/b") { InStep = true }, CancellationToken.None);
        Assert.Equal(made.Rule!.Rule, (await node.Client.ReplicateAsync("One", new ReplicateRequest("/a", "Two", "/b") { InStep = true }, CancellationToken.None)).Rule!.Rule);
        var rule = Assert.Single(await node.Client.RulesAsync(CancellationToken.None));
        Assert.True(rule.IsFile);
        Assert.Equal((made.Rule.Rule, "/a", "/b", "two-way", "merge"), (rule.Rule, rule.SourcePath, rule.TargetPath, rule.Direction, rule.Strategy));
        await WriteAsync(node, "One", "a", "second");
        await Until.TrueAsync(async () => await node.TextAsync("Two", "/b") == "second");
        await WriteAsync(node, "Two", "b", "third");
        await Until.TrueAsync(async () => await node.TextAsync("One", "/a") == "third");
        await node.Client.MakeFolderAsync("One", "/folder", CancellationToken.None);
        await node.Client.MoveAsync("One", new MoveRequest("/a", "/folder/moved"), CancellationToken.None);
        await WriteAsync(node, "Two", "b", "fourth");
        await Until.TrueAsync(async () => await node.TextAsync("One", "/folder/moved") == "fourth");
        Assert.Equal("/folder/moved", (await node.Client.RuleAsync(rule.Rule, CancellationToken.None)).SourcePath);
        Assert.Equal(["/b"], (await node.Client.ListAsync("Two", "/", false, CancellationToken.None)).Select(entry => entry.Path));

        await node.Client.DeleteAsync("Two", "/b", CancellationToken.None);
        await Until.TrueAsync(async () => (await node.Client.RuleAsync(rule.Rule, CancellationToken.None)).State == "problems");
        Assert.Contains("deleted in volume Two", Assert.Single((await node.Client.RuleAsync(rule.Rule, CancellationToken.None)).Problems).Message, StringComparison.Ordinal);
        Assert.Equal("fourth", await node.TextAsync("One", "/folder/moved"));
        await node.Client.WriteAsync("One", "/folder/moved", new MemoryStream("fifth"u8.ToArray()), CancellationToken.None);
        await node.Client.UndeleteAsync("Two", new PathRequest("/b", null), CancellationToken.None);
        await Until.TrueAsync(async () => await node.TextAsync("Two", "/b") == "fifth");
        await Until.TrueAsync(async () => (await node.Client.RuleAsync(rule.Rule, CancellationToken.None)).State == "in-step");

        // Its two paths are what it can be told about.
        await WriteAsync(node, "One", "b", "another file");
        Assert.Equal("NotFound", (await TestNode.ProblemAsync(() => node.Client.SettleRuleAsync(rule.Rule, new RuleSettle("/other", "skip"), CancellationToken.None))).Kind);
        Assert.Equal(["/folder/moved"], (await node.Client.SettleRuleAsync(rule.Rule, new RuleSettle("/b", "skip"), CancellationToken.None)).Skipped);
        await node.Client.SettleRuleAsync(rule.Rule, new RuleSettle("/folder/moved", "unskip"), CancellationToken.None);
        // What else is between the same two is no such rule, and a mirror is not led back.
        await node.Client.RuleActionAsync(rule.Rule, "pause", CancellationToken.None);
        var paused = await TestNode.ProblemAsync(() => node.Client.ReplicateAsync("One", new ReplicateRequest("/folder/moved", "Two", "/b") { InStep = true }, CancellationToken.None));
        Assert.Equal("AlreadyExists", paused.Kind);
        Assert.Contains("replicated, but", paused.Detail, StringComparison.Ordinal);
        Assert.Equal("Conflict", (await TestNode.ProblemAsync(() => node.Client.AddRuleAsync(new RuleRequest("One", "/", "Two", "/", "mirror", "latest", false), CancellationToken.None))).Kind);

        // A folder is kept by a rule between folders.
        var folder = await node.Client.ReplicateAsync("One", new ReplicateRequest("/folder", "Two", "/") { InStep = true }, CancellationToken.None);
        Assert.Equal(("/folder", "/folder"), ((await node.Client.RuleAsync(folder.Rule!.Rule, CancellationToken.None)).SourcePath, folder.Path));
        await node.Client.WriteAsync("Two", "/folder/new", new MemoryStream("new"u8.ToArray()), CancellationToken.None);
        await Until.TrueAsync(async () => (await node.Client.ListAsync("One", "/folder", false, CancellationToken.None)).Count == 2);
    }

    [Fact]
    public async Task Replicating_again_brings_what_came_since_and_names_what_the_other_changed()
    {
        await using var node = await TestNode.StartAsync();
        await CreateAsync(node, "One", "Two");
        await WriteAsync(node, "One", "a", "first");
        var made = await node.Client.ReplicateAsync("One", new ReplicateRequest("/a", "Two", "/b"), CancellationToken.None);
        Assert.Equal(("/b", 1L, 0L), (made.Path, made.Files, made.Folders));
        Assert.Equal(Find(node, "One", "a").Document, Find(node, "Two", "b").Document);
        await WriteAsync(node, "One", "a", "second");
        Assert.Empty((await node.Client.ReplicateAsync("One", new ReplicateRequest("/a", "Two", "/b"), CancellationToken.None)).Problems);
        Assert.Equal("second", Text(node, "Two", "b"));
        await WriteAsync(node, "One", "a", "here");
        await WriteAsync(node, "Two", "b", "there");
        Assert.Equal("BothChanged", Assert.Single((await node.Client.ReplicateAsync("One", new ReplicateRequest("/a", "Two", "/b"), CancellationToken.None)).Problems).Kind);
        Assert.Equal("there", Text(node, "Two", "b"));
        var all = await node.Client.ReplicateAsync("Two", new ReplicateRequest("/", "One", "/"), CancellationToken.None);
        Assert.Equal("/", all.Path);
        await WriteAsync(node, "Two", "other", "x");
        Assert.Equal("AlreadyExists", (await TestNode.ProblemAsync(() => node.Client.ReplicateAsync("One", new ReplicateRequest("/a", "Two", "/other"), CancellationToken.None))).Kind);
        Assert.Equal("Invalid", (await TestNode.ProblemAsync(() => node.Client.ReplicateAsync("One", new ReplicateRequest("/a", "One", "/c"), CancellationToken.None))).Kind);
        Assert.Equal("NotFound", (await TestNode.ProblemAsync(() => node.Client.ReplicateAsync("One", new ReplicateRequest("/a", "Two", "/no/where"), CancellationToken.None))).Kind);
        var where = await node.Client.WhereAsync("One", "/a", CancellationToken.None);
        Assert.Equal((1L, 0L), (Assert.Single(where.Volumes).Files, where.Volumes[0].CurrentFiles));
    }

    [Fact]
    public async Task A_document_that_is_skipped_stays_out_until_it_is_not_any_more()
    {
        await using var node = await TestNode.StartAsync();
        await CreateAsync(node, "One", "Two");
        await WriteAsync(node, "One", "a", "first");
        var rule = (await node.Client.AddRuleAsync(Request("One", "Two", "two-way") with { Strategy = "fast-forward" }, CancellationToken.None)).Rule;
        await TextAsync(node, "Two", "a", "first");
        await StateAsync(node, rule, "in-step");
        await node.Client.RuleActionAsync(rule, "pause", CancellationToken.None);
        await WriteAsync(node, "One", "a", "here");
        await WriteAsync(node, "Two", "a", "there");
        await node.Client.RuleActionAsync(rule, "resume", CancellationToken.None);
        await StateAsync(node, rule, "problems");
        var skipped = await node.Client.SettleRuleAsync(rule, new RuleSettle("/a", "skip"), CancellationToken.None);
        Assert.Equal("/a", Assert.Single(skipped.Skipped));
        Assert.Empty(skipped.Problems);
        Assert.Equal("BothChanged", Assert.Single((await node.Client.SettleRuleAsync(rule, new RuleSettle("/a", "unskip"), CancellationToken.None)).Problems).Kind);
        Assert.Empty((await node.Client.SettleRuleAsync(rule, new RuleSettle("/a", "target"), CancellationToken.None)).Problems);
        Assert.Equal(("there", "there"), (Text(node, "One", "a"), Text(node, "Two", "a")));
    }

    [Fact]
    public async Task Filters_are_kept_over_a_restart_and_leave_out_what_they_say_and_patterns_that_make_no_sense_are_refused()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-rules-");
        try
        {
            string id;
            await using (var node = await TestNode.StartAsync(home: Path.Combine(root.FullName, "home")))
            {
                await CreateAsync(node, "One", "Two");
                foreach (var pattern in new[] { "", "!a", "[a", new string('a', 1025) })
                    await RefusedAsync(node, "Invalid", Request("One", "Two", "two-way") with { TargetPath = "/new", Except = [pattern] });
                await RefusedAsync(node, "LimitExceeded", Request("One", "Two", "two-way") with { TargetPath = "/new", Only = [.. Enumerable.Repeat("a", 101)] });
                Assert.Empty(await node.Client.RulesAsync(CancellationToken.None));
                Assert.Empty(await node.Client.ListAsync("Two", "/", false, CancellationToken.None));
                var rule = await node.Client.AddRuleAsync(Request("One", "Two", "two-way") with { Only = ["*.txt"], Except = ["draft*"] }, CancellationToken.None);
                id = rule.Rule;
                // One rule, and so one filter, between two folders.
                await RefusedAsync(node, "AlreadyExists", Request("One", "Two", "two-way") with { Only = ["*.jpg"] });
            }
            await using (var node = await TestNode.StartAsync(home: Path.Combine(root.FullName, "home")))
            {
                var kept = Assert.Single(await node.Client.RulesAsync(CancellationToken.None));
                Assert.Equal((id, "*.txt", "draft*"), (kept.Rule, Assert.Single(kept.Only), Assert.Single(kept.Except)));
                foreach (var name in new[] { "draft.txt", "a.jpg", "a.txt" })
                {
                    await WriteAsync(node, "One", name, "there");
                    await WriteAsync(node, "Two", $"{name[..^4]} here{name[^4..]}", "here");
                }
                await TextAsync(node, "Two", "a.txt", "there");
                await TextAsync(node, "One", "a here.txt", "here");
                await node.Client.RuleActionAsync(id, "run", CancellationToken.None);
                Assert.Equal(4, (await node.Client.ListAsync("One", "/", false, CancellationToken.None)).Count);
                Assert.Equal(4, (await node.Client.ListAsync("Two", "/", false, CancellationToken.None)).Count);
            }
        }
        finally
        {
            root.Delete(recursive: true);
        }

        static async Task RefusedAsync(TestNode node, string kind, RuleRequest request) => Assert.Equal(kind, (await TestNode.ProblemAsync(() => node.Client.AddRuleAsync(request, CancellationToken.None))).Kind);
    }

    [Fact]
    public async Task While_one_rule_waits_for_a_content_that_nobody_sends_the_changes_of_others_are_carried()
    {
        await using var node = await TestNode.StartAsync();
        await CreateAsync(node, "One", "Two", "Three", "Four");
        var one = node.Node.Core.Volumes.Require("One");
        one.Replica.SetReadWait(TimeSpan.FromHours(1));
        var content = one.Contents.Store("here"u8.ToArray()) with { Root = Id.Hash<ChunkId>("nobody has it"u8) };
        await one.CommitAsync(edit =>
        {
            var folder = edit.Create(EntryId.Root, EntryName.Create("slow"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED });
            edit.Create(folder.Id, EntryName.Create("absent"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = content });
            edit.Create(EntryId.Root, EntryName.Create("fast"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED });
        });
        var waiting = (await node.Client.AddRuleAsync(Request("One", "Two", "one-way") with { SourcePath = "/slow", TargetPath = "/slow" }, CancellationToken.None)).Rule;
        await StateAsync(node, waiting, "running");
        // Another one between the same volumes, and one beside them.
        var beside = (await node.Client.AddRuleAsync(Request("One", "Two", "two-way") with { SourcePath = "/fast", TargetPath = "/fast" }, CancellationToken.None)).Rule;
        var other = (await node.Client.AddRuleAsync(Request("Three", "Four", "two-way"), CancellationToken.None)).Rule;
        var two = node.Node.Core.Volumes.Require("Two");
        var fast = two.Reader.Find(EntryId.Root, EntryName.Create("fast"))!;
        await two.CommitAsync(edit => edit.Create(fast.Id, EntryName.Create("a"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = two.Contents.Store("first"u8.ToArray()) }));
        await WriteAsync(node, "Three", "a", "first");
        await TextAsync(node, "Four", "a", "first");
        await Until.TrueAsync(() => Task.FromResult(one.Reader.Resolve("fast/a"u8, out _) is not null));
        await StateAsync(node, beside, "in-step");
        await StateAsync(node, other, "in-step");
        Assert.Equal("running", (await node.Client.RuleAsync(waiting, CancellationToken.None)).State);
        Assert.Equal("paused", (await node.Client.RuleActionAsync(waiting, "pause", CancellationToken.None)).State);
    }

    private static RuleRequest Request(string source, string target, string direction) => new(source, "/", target, "/", direction, "merge", false);

    private static async Task CreateAsync(TestNode node, params string[] names)
    {
        foreach (var name in names) await node.Client.CreateVolumeAsync(new CreateVolume(name, false), CancellationToken.None);
    }

    private static EntryView Find(TestNode node, string volume, string name) => node.Node.Core.Volumes.Require(volume).Reader.Find(EntryId.Root, EntryName.Create(name))!;

    private static async Task WriteAsync(TestNode node, string name, string file, string text)
    {
        var volume = node.Node.Core.Volumes.Require(name);
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(Encoding.UTF8.GetBytes(text)) };
        await volume.CommitAsync(edit =>
        {
            if (volume.Reader.Find(EntryId.Root, EntryName.Create(file)) is { } there) edit.Revise(there.Id, state);
            else edit.Create(EntryId.Root, EntryName.Create(file), state);
        });
    }

    private static string Text(TestNode node, string name, string file)
    {
        var volume = node.Node.Core.Volumes.Require(name);
        return volume.Reader.Find(EntryId.Root, EntryName.Create(file))?.Shown is { } shown ? Encoding.UTF8.GetString(volume.Contents.ReadAll(shown.Content, 1_000)) : "";
    }

    private static Task TextAsync(TestNode node, string volume, string file, string text) => Until.TrueAsync(() => Task.FromResult(Text(node, volume, file) == text));

    private static Task StateAsync(TestNode node, string rule, string state) => Until.TrueAsync(async () => (await node.Client.RuleAsync(rule, CancellationToken.None)).State == state);
}
