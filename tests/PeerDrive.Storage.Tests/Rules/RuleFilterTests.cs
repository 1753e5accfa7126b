using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Rules;

namespace PeerDrive.Storage.Tests.Rules;

public sealed class RuleFilterTests
{
    [Fact]
    public async Task Only_brings_what_is_asked_for_with_the_folders_that_lead_there_and_except_takes_from_that()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        foreach (var path in new[] { "trip/a.jpg", "trip/notes.txt", "trip/drafts/b.jpg", "texts/c.txt", "d.jpg", "whole.jpg/inside.txt" }) await fixture.WriteAsync(0, path, path);
        var rule = Add(fixture, RuleDirection.TwoWay, ["*.jpg"], ["drafts/"]);
        Assert.Empty((await fixture.RunAsync(rule)).Problems);
        foreach (var path in new[] { "trip/a.jpg", "d.jpg", "whole.jpg/inside.txt" }) Assert.Equal(path, fixture.Text(1, path));
        foreach (var path in new[] { "trip/notes.txt", "trip/drafts", "texts" }) Assert.Null(fixture.Find(1, path));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
        // A folder that is given the name that is asked for brings what is in it, and one that gets such a file comes with it.
        await ChangedAsync(fixture, rule, async () =>
        {
            await fixture.MoveAsync(0, "texts", "", "texts.jpg");
            await fixture.WriteAsync(0, "later/deep/e.jpg", "e");
        });
        Assert.Equal(("texts/c.txt", "e"), (fixture.Text(1, "texts.jpg/c.txt"), fixture.Text(1, "later/deep/e.jpg")));
    }

    [Fact]
    public async Task A_mirror_deletes_nothing_that_is_left_out_nor_the_folder_it_lies_in()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "d/a", "a");
        await fixture.WriteAsync(0, "d/own.tmp", "of the source");
        var rule = Add(fixture, RuleDirection.Mirror, [], ["*.tmp", "/cache/"]);
        await fixture.RunAsync(rule);
        Assert.Null(fixture.Find(1, "d/own.tmp"));
        foreach (var path in new[] { "d/b", "d/x.tmp", "e/y.tmp", "e/z", "cache/c" }) await fixture.WriteAsync(1, path, path);
        await fixture.RunAsync(rule);
        foreach (var path in new[] { "d/x.tmp", "e/y.tmp", "cache/c" }) Assert.Equal(path, fixture.Text(1, path));
        foreach (var path in new[] { "d/b", "e/z" }) Assert.Null(fixture.Find(1, path));
        await ChangedAsync(fixture, rule, () => fixture.DeleteAsync(0, "d"));
        Assert.Null(fixture.Find(1, "d/a"));
        Assert.Equal("d/x.tmp", fixture.Text(1, "d/x.tmp"));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
    }

    [Theory]
    [InlineData(RuleDirection.OneWay)]
    [InlineData(RuleDirection.TwoWay)]
    [InlineData(RuleDirection.Mirror)]
    public async Task A_document_renamed_to_what_is_left_out_rests_on_both_sides_until_it_is_renamed_back(RuleDirection direction)
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "a.txt", "first");
        var rule = Add(fixture, direction, [], ["*.tmp"]);
        await fixture.RunAsync(rule);
        await ChangedAsync(fixture, rule, async () =>
        {
            await fixture.MoveAsync(0, "a.txt", "", "a.tmp");
            await fixture.WriteAsync(0, "a.tmp", "second");
        });
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
        // Also when the rule knows nothing of former passes any more.
        fixture.Memory(rule).Clear();
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
        Assert.Equal(("second", "first"), (fixture.Text(0, "a.tmp"), fixture.Text(1, "a.txt")));
        await ChangedAsync(fixture, rule, () => fixture.MoveAsync(0, "a.tmp", "", "b.txt"));
        Assert.Equal("second", fixture.Text(1, "b.txt"));
        Assert.Null(fixture.Find(1, "a.txt"));
        // What the target renames so rests too.
        await fixture.MoveAsync(1, "b.txt", "", "b.tmp");
        await fixture.WriteAsync(0, "b.txt", "third");
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
        Assert.Equal("second", fixture.Text(1, "b.tmp"));
    }

    [Fact]
    public async Task A_document_renamed_to_what_is_asked_for_comes_and_one_deleted_while_it_was_left_out_is_not_taken_for_deleted()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "a.tmp", "a");
        await fixture.WriteAsync(0, "b.txt", "b");
        var rule = Add(fixture, RuleDirection.TwoWay, [], ["*.tmp"]);
        await fixture.RunAsync(rule);
        Assert.Null(fixture.Find(1, "a.tmp"));
        await ChangedAsync(fixture, rule, async () =>
        {
            await fixture.MoveAsync(0, "a.tmp", "", "a.txt");
            await fixture.MoveAsync(0, "b.txt", "", "b.tmp");
            await fixture.DeleteAsync(0, "b.tmp");
        });
        Assert.Equal(("a", "b"), (fixture.Text(1, "a.txt"), fixture.Text(1, "b.txt")));
        await fixture.RunAsync(rule);
        Assert.Equal(("b", "b"), (fixture.Text(0, "b.txt"), fixture.Text(1, "b.txt")));
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
    }

    [Fact]
    public async Task What_would_come_to_where_things_are_left_out_is_named_and_a_person_cannot_settle_what_rests()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        await fixture.WriteAsync(0, "docs/a", "a");
        var rule = Add(fixture, RuleDirection.TwoWay, [], ["/old/"]);
        await fixture.RunAsync(rule);
        await fixture.MoveAsync(0, "docs", "", "old");
        await fixture.WriteAsync(1, "docs/b", "b");
        var outcome = await fixture.RunAsync(rule);
        Assert.Equal((RuleProblemKind.Place, "/docs/b"), (Assert.Single(outcome.Problems).Kind, outcome.Problems[0].Path));
        Assert.Null(fixture.Find(0, "old/b"));
        Assert.Equal("a", fixture.Text(1, "docs/a"));
        Assert.Equal(ErrorKind.Invalid, (await Assert.ThrowsAsync<PeerDriveException>(() => fixture.Pass(rule).ResolveAsync(fixture.At(0, "old/a").Id, RuleChoice.Source, CancellationToken.None))).Kind);
        await ChangedAsync(fixture, rule, () => fixture.MoveAsync(0, "old", "", "docs"));
        Assert.Empty((await fixture.RunAsync(rule)).Problems);
        Assert.Equal("b", fixture.Text(0, "docs/b"));
        Assert.Equal(fixture.Seen(0), fixture.Seen(1));
    }

    [Fact]
    public async Task Patterns_are_of_the_path_below_the_rules_folder()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        foreach (var path in new[] { "in/x/a", "in/y/b" }) await fixture.WriteAsync(0, path, path);
        await fixture.WriteAsync(1, "to/z", "z");
        var rule = fixture.Add(0, 1, RuleDirection.TwoWay, RuleStrategy.Merge, fixture.At(0, "in").Id, fixture.At(1, "to").Id, RuleFilter.Create(["/x/"], []));
        await fixture.RunAsync(rule);
        Assert.Equal("in/x/a", fixture.Text(1, "to/x/a"));
        Assert.Null(fixture.Find(1, "to/y"));
        Assert.Null(fixture.Find(0, "in/z"));
    }

    [Fact]
    public void Patterns_that_match_nothing_or_are_too_many_are_refused()
    {
        foreach (var pattern in new[] { "", "  ", "!a", "#a", "/", "[a", "a[[:nope:]]", "a\\", "a\nb", "a\0b", null!, new string('é', 513), new string('*', 100_000) })
        {
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => RuleFilter.Create([pattern], [])).Kind);
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<PeerDriveException>(() => RuleFilter.Create(["a"], ["b", pattern])).Kind);
        }
        Assert.Equal(ErrorKind.LimitExceeded, Assert.Throws<PeerDriveException>(() => RuleFilter.Create([.. Enumerable.Repeat("a", 60)], [.. Enumerable.Repeat("b", 41)])).Kind);
        Assert.False(RuleFilter.Create([.. Enumerable.Repeat("a", 60)], [.. Enumerable.Repeat("b", 40)]).IsNone);
        Assert.False(RuleFilter.Create([new string('é', 512)], ["\\!a", "\\#a", " a", "**", "[]a]"]).IsNone);
    }

    [Fact]
    public async Task Hostile_patterns_on_a_deep_path_cost_no_more_than_all_their_lengths()
    {
        await using var fixture = await RuleFixture.CreateAsync(2);
        var path = string.Join('/', Enumerable.Repeat(new string('a', 200), 15));
        await fixture.WriteAsync(0, path, "deep");
        var rule = Add(fixture, RuleDirection.TwoWay, [.. Enumerable.Repeat(string.Concat(Enumerable.Repeat("*a", 500)) + "b", 50)], [.. Enumerable.Repeat(string.Concat(Enumerable.Repeat("**/", 300)) + "b", 50)]);
        Assert.Equal(0, (await fixture.RunAsync(rule)).Changed);
        Assert.Empty(fixture[1].Reader.List(EntryId.Root));
    }

    private static SyncRule Add(RuleFixture fixture, RuleDirection direction, string[] only, string[] except) =>
        fixture.Add(0, 1, direction, RuleStrategy.Merge, filter: RuleFilter.Create(only, except));

    /// <summary>A pass over what an edit changed.</summary>
    private static async Task ChangedAsync(RuleFixture fixture, SyncRule rule, Func<Task> edit)
    {
        using var there = fixture[0].Subscribe();
        using var here = fixture[1].Subscribe();
        await edit();
        await fixture.RunAsync(rule, RulePassTests.Scope(fixture, there.Take(), here.Take()));
    }
}
