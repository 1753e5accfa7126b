using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Rules;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests.Rules;

public sealed class RulePassTests
{
    [Fact]
    public async Task A_document_comes_with_its_identity_its_revisions_and_the_contents_of_all_of_them()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "docs/a.txt", "one");
        await fixture.WriteAsync(0, "docs/a.txt", "two");
        var rule = fixture.Add(0, 1, RuleDirection.OneWay, RuleStrategy.FastForward);
        var outcome = await fixture.RunAsync(rule);
        Assert.Equal(2, outcome.Changed);
        Assert.Empty(outcome.Problems);
        Assert.Equal(fixture.Seen(0), fixture.Seen(1));
        var (there, here) = (fixture.At(0, "docs/a.txt"), fixture.At(1, "docs/a.txt"));
        Assert.Equal(there.Document, here.Document);
        Assert.Equal(fixture[0].Reader.History(there.Document).Select(view => view.Id), fixture[1].Reader.History(here.Document).Select(view => view.Id));
        Assert.All(fixture[1].Reader.History(here.Document), view => Assert.True(fixture[1].Contents.IsHere(view.Content)));
        Assert.Equal("two", fixture.Text(1, "docs/a.txt"));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
        await fixture.Replica(1).ReopenAsync();
        fixture[1].Rebuild();
        Assert.Equal(fixture.Seen(0), fixture.Seen(1));
    }

    [Fact]
    public async Task One_way_brings_edits_and_moves_and_neither_deletes_nor_takes_back_what_the_target_has_of_its_own()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        foreach (var name in new[] { "a", "b", "c" }) await fixture.WriteAsync(0, name, name);
        await fixture.WriteAsync(0, "d/e", "e");
        var rule = fixture.Add(0, 1, RuleDirection.OneWay, RuleStrategy.FastForward);
        await fixture.RunAsync(rule);
        await fixture.WriteAsync(1, "own", "own");
        await fixture.WriteAsync(1, "c", "changed in the target");
        await fixture.DeleteAsync(1, "d/e");
        await fixture.WriteAsync(0, "a", "new");
        await fixture.MoveAsync(0, "a", "d", "A");
        await fixture.DeleteAsync(0, "b");
        var outcome = await fixture.RunAsync(rule);
        Assert.Empty(outcome.Problems);
        Assert.Equal("new", fixture.Text(1, "d/A"));
        Assert.Equal("b", fixture.Text(1, "b"));
        Assert.Equal("own", fixture.Text(1, "own"));
        Assert.Equal("changed in the target", fixture.Text(1, "c"));
        Assert.Null(fixture.Find(1, "d/e"));
        Assert.Null(fixture.Find(0, "own"));
        Assert.Equal("c", fixture.Text(0, "c"));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);

        // An edit that the deleter never saw brings it back.
        await fixture.WriteAsync(0, "d/e", "edited");
        await fixture.RunAsync(rule);
        Assert.Equal("edited", fixture.Text(1, "d/e"));
    }

    [Fact]
    public async Task Forward_only_names_what_changed_on_both_sides_and_goes_on_with_the_rest_until_a_person_settles_or_skips_it()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        foreach (var name in new[] { "a", "b", "c" }) await fixture.WriteAsync(0, name, name);
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.FastForward);
        await fixture.RunAsync(rule);
        foreach (var name in new[] { "a", "b" })
        {
            await fixture.WriteAsync(0, name, "there");
            await fixture.WriteAsync(1, name, "here");
        }
        await fixture.WriteAsync(1, "c", "forward");
        var outcome = await fixture.RunAsync(rule);
        Assert.Equal(["/a", "/b"], outcome.Problems.Select(problem => problem.Path).Order());
        Assert.All(outcome.Problems, problem => Assert.Equal(RuleProblemKind.BothChanged, problem.Kind));
        Assert.Equal("forward", fixture.Text(0, "c"));
        Assert.Equal(("there", "here"), (fixture.Text(0, "a"), fixture.Text(1, "a")));

        Assert.Empty((await fixture.Pass(rule).ResolveAsync(fixture.At(0, "a").Id, RuleChoice.Target, CancellationToken.None)).Problems);
        Assert.Equal(("here", "here"), (fixture.Text(0, "a"), fixture.Text(1, "a")));
        // What lost is in the history of both.
        foreach (var volume in new[] { 0, 1 })
            Assert.Contains(fixture[volume].Reader.History(fixture.At(volume, "a").Document), view => fixture[volume].Contents.ReadAll(view.Content, 100).SequenceEqual("there"u8.ToArray()));
        fixture.Memory(rule).Skip(fixture.At(0, "b").Document);
        outcome = await fixture.RunAsync(rule);
        Assert.Empty(outcome.Problems);
        Assert.Equal(1, outcome.Skipped);
        Assert.True(fixture.Memory(rule).Unskip(fixture.At(0, "b").Document));
        Assert.Single((await fixture.RunAsync(rule)).Problems);
    }

    [Fact]
    public async Task Latest_shows_the_newest_on_both_sides_and_keeps_the_other_in_history()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "a", "base");
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Latest);
        await fixture.RunAsync(rule);
        await fixture.WriteAsync(1, "a", "earlier");
        await fixture.WriteAsync(0, "a", "later");
        Assert.Empty((await fixture.RunAsync(rule)).Problems);
        Assert.Equal(fixture.Seen(0), fixture.Seen(1));
        Assert.Equal(("later", "later"), (fixture.Text(0, "a"), fixture.Text(1, "a")));
        Assert.Contains(fixture[0].Reader.History(fixture.At(0, "a").Document), view => fixture[0].Contents.ReadAll(view.Content, 100).SequenceEqual("earlier"u8.ToArray()));
    }

    [Fact]
    public async Task Merge_keeps_lines_of_both_and_what_cannot_be_merged_is_a_conflict_in_both_that_one_resolve_settles()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "a", "1\n2\n3\n4\n5\n");
        await fixture.WriteAsync(0, "b", "base\n");
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge);
        await fixture.RunAsync(rule);
        await fixture.WriteAsync(0, "a", "one\n2\n3\n4\n5\n");
        await fixture.WriteAsync(1, "a", "1\n2\n3\n4\nfive\n");
        await fixture.WriteAsync(0, "b", "there\n");
        await fixture.WriteAsync(1, "b", "here\n");
        var outcome = await fixture.RunAsync(rule);
        Assert.Equal(RuleProblemKind.Conflict, Assert.Single(outcome.Problems).Kind);
        Assert.Equal("one\n2\n3\n4\nfive\n", fixture.Text(0, "a"));
        Assert.Equal(fixture.Seen(0), fixture.Seen(1));
        Assert.Equal(2, fixture.At(0, "b").Heads);
        Assert.Equal(2, fixture.At(1, "b").Heads);

        var entry = fixture.At(1, "b");
        await fixture[1].CommitAsync(edit => edit.Revise(entry.Id, TestCluster.File(fixture[1], "both\n"), [.. fixture[1].Reader.Heads(entry.Document).Select(head => head.Id)]));
        Assert.Empty((await fixture.RunAsync(rule)).Problems);
        Assert.Equal(("both\n", 1), (fixture.Text(0, "b"), fixture.At(0, "b").Heads));

        // Judged in either volume, whose order of arrival differs, the merge is right.
        foreach (var volume in new[] { 0, 1 })
        {
            await using var merger = new VolumeMerger(fixture[volume], TimeProvider.System, new Random(1));
            merger.Start();
            await fixture.WriteAsync(volume, "last", "judged");
            Assert.Empty(fixture[volume].Reader.WrongMerges());
        }
    }

    [Fact]
    public async Task A_mirror_shows_what_the_source_shows_and_keeps_what_differed_in_history_and_trash()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        foreach (var name in new[] { "a", "b", "d/c" }) await fixture.WriteAsync(0, name, name);
        var rule = fixture.Add(0, 1, RuleDirection.Mirror, RuleStrategy.Latest);
        await fixture.RunAsync(rule);
        await fixture.WriteAsync(1, "a", "changed here");
        await fixture.WriteAsync(1, "b", "changed here");
        await fixture.WriteAsync(0, "b", "changed there");
        await fixture.WriteAsync(1, "own/x", "own");
        await fixture.MoveAsync(1, "d/c", "", "moved");
        await fixture.RunAsync(rule);
        Assert.Equal(("a", "changed there", "d/c"), (fixture.Text(1, "a"), fixture.Text(1, "b"), fixture.Text(1, "d/c")));
        Assert.Null(fixture.Find(1, "own/x"));
        Assert.Null(fixture.Find(1, "own"));
        Assert.Contains(fixture[1].Reader.Trash(10), entry => entry.Name == EntryName.Create("x"));
        Assert.Contains(fixture[1].Reader.History(fixture.At(1, "a").Document), view => fixture[1].Contents.ReadAll(view.Content, 100).SequenceEqual("changed here"u8.ToArray()));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
        await fixture.DeleteAsync(0, "d");
        await fixture.RunAsync(rule);
        Assert.Null(fixture.Find(1, "d"));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
    }

    [Fact]
    public async Task Two_way_takes_deletes_moves_and_new_files_both_ways_and_an_edit_beats_a_delete()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        foreach (var name in new[] { "a", "b", "c", "d/e" }) await fixture.WriteAsync(0, name, name);
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge);
        await fixture.RunAsync(rule);
        await fixture.DeleteAsync(1, "a");
        await fixture.DeleteAsync(0, "b");
        await fixture.DeleteAsync(1, "c");
        await fixture.WriteAsync(0, "c", "edited");
        await fixture.MoveAsync(1, "d/e", "", "E");
        await fixture.WriteAsync(1, "new/f", "f");
        await fixture.RunAsync(rule);
        Assert.Equal(fixture.Seen(0), fixture.Seen(1));
        Assert.Null(fixture.Find(0, "a"));
        Assert.Null(fixture.Find(1, "b"));
        Assert.Equal(("edited", "d/e", "f"), (fixture.Text(1, "c"), fixture.Text(0, "E"), fixture.Text(0, "new/f")));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
    }

    [Fact]
    public async Task Folders_of_one_name_are_one_and_what_was_in_the_target_before_is_not_taken_for_deleted()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "photos/a", "a");
        await fixture.WriteAsync(1, "photos/b", "b");
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge);
        await fixture.RunAsync(rule);
        foreach (var volume in new[] { 0, 1 }) Assert.Equal(("a", "b"), (fixture.Text(volume, "photos/a"), fixture.Text(volume, "photos/b")));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
    }

    [Fact]
    public async Task A_rule_of_folders_leaves_alone_what_is_beside_them_and_takes_what_leaves_a_folder_for_gone_from_it()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "in/x/a", "a");
        await fixture.WriteAsync(0, "out/b", "b");
        await fixture.WriteAsync(1, "to/c", "c");
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge, fixture.At(0, "in").Id, fixture.At(1, "to").Id);
        await fixture.RunAsync(rule);
        Assert.Equal(("a", "c"), (fixture.Text(1, "to/x/a"), fixture.Text(0, "in/c")));
        Assert.Null(fixture.Find(1, "out"));
        await fixture.MoveAsync(0, "in/x", "out", "x");
        await fixture.RunAsync(rule);
        Assert.Null(fixture.Find(1, "to/x"));
        Assert.Equal("a", fixture.Text(0, "out/x/a"));
        await fixture.MoveAsync(0, "out/x", "in", "x");
        await fixture.RunAsync(rule);
        Assert.Equal("a", fixture.Text(1, "to/x/a"));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
        await fixture.DeleteAsync(1, "to");
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<PeerDriveException>(() => fixture.RunAsync(rule))).Kind);
        Assert.Equal("a", fixture.Text(0, "in/x/a"));
    }

    [Fact]
    public async Task A_pass_over_what_changed_does_what_one_over_all_would()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        foreach (var name in new[] { "a", "x/y/b", "x/c" }) await fixture.WriteAsync(0, name, name);
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge);
        await fixture.RunAsync(rule);
        using var there = fixture[0].Subscribe();
        using var here = fixture[1].Subscribe();
        await fixture.WriteAsync(0, "new/deep/d", "d");
        await fixture.WriteAsync(1, "a", "edited");
        await fixture.DeleteAsync(1, "x");
        await fixture.RunAsync(rule, Scope(fixture, there.Take(), here.Take()));
        Assert.Equal(fixture.Seen(0), fixture.Seen(1));
        Assert.Null(fixture.Find(0, "x"));
        Assert.Equal(("d", "edited"), (fixture.Text(1, "new/deep/d"), fixture.Text(0, "a")));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
    }

    [Fact]
    public async Task Names_of_one_document_are_names_of_one_document_on_the_other_side()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        var first = await fixture.WriteAsync(0, "a", "a");
        await fixture[0].CommitAsync(edit => edit.Link(EntryId.Root, EntryName.Create("b"), first.Id));
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge);
        await fixture.RunAsync(rule);
        Assert.Equal(fixture.At(1, "a").Document, fixture.At(1, "b").Document);
        await fixture.DeleteAsync(1, "a");
        await fixture.RunAsync(rule);
        Assert.Null(fixture.Find(0, "a"));
        Assert.Equal("a", fixture.Text(0, "b"));
    }

    [Fact]
    public async Task Folders_that_were_moved_into_each_other_are_named_and_stay()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "x/a", "a");
        await fixture.WriteAsync(0, "y/b", "b");
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge);
        await fixture.RunAsync(rule);
        await fixture.MoveAsync(0, "x", "y", "x");
        await fixture.MoveAsync(1, "y", "x", "y");
        var outcome = await fixture.RunAsync(rule);
        Assert.All(outcome.Problems, problem => Assert.Equal(RuleProblemKind.Place, problem.Kind));
        Assert.NotEmpty(outcome.Problems);
        Assert.Equal(("a", "b"), (fixture.Text(0, "y/x/a"), fixture.Text(1, "x/y/b")));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
    }

    [Fact]
    public async Task What_is_not_here_is_named_and_the_rest_goes_on()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "b", "b");
        var content = fixture[0].Contents.Store("gone"u8.ToArray());
        await fixture[0].CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("a"), new RevisionState
        {
            Kind = DocumentKind.File, Mode = 0x1A4, Content = content with { Root = Id.Hash<ChunkId>("nobody has it"u8) },
        }));
        var rule = fixture.Add(0, 1, RuleDirection.OneWay, RuleStrategy.Latest);
        var outcome = await fixture.RunAsync(rule);
        Assert.Equal((RuleProblemKind.NotHere, "/a"), (Assert.Single(outcome.Problems).Kind, outcome.Problems[0].Path));
        Assert.Equal("b", fixture.Text(1, "b"));
        Assert.Null(fixture.Find(1, "a"));
    }

    [Fact]
    public async Task A_cancelled_pass_is_taken_up_by_the_next()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        for (var i = 0; i < 450; i++) await fixture.WriteAsync(0, $"f{i}", $"{i}");
        var rule = fixture.Add(0, 1, RuleDirection.OneWay, RuleStrategy.Latest);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Pass(rule).RunAsync(null, (_, _) => cancel.Cancel(), cancel.Token));
        Assert.Equal(200, fixture[1].Reader.Totals().Files);
        // As after a crash, the rule remembers nothing of it.
        fixture.Memory(rule).Clear();
        Assert.Equal(250, (await fixture.RunAsync(rule)).Changed);
        Assert.Equal(fixture.Seen(0), fixture.Seen(1));
    }

    internal static RuleScope Scope(RuleFixture fixture, VolumeChange there, VolumeChange here) => new(Entries(fixture[0], there), Entries(fixture[1], here));

    private static List<EntryId> Entries(Volume volume, VolumeChange change) =>
        [.. change.Entries.Concat(change.Documents.SelectMany(document => volume.Reader.PlacesOf(document)).Select(entry => entry.Id)).Distinct()];
}
