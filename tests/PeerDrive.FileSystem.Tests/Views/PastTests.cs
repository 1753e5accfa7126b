using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Tests.Views;

public sealed class PastTests : DriveFixture
{
    [Fact]
    public async Task A_deleted_changed_and_moved_tree_is_there_as_it_was()
    {
        A.MakeFolder("docs");
        A.Write("docs/letter.txt", "one");
        A.Write("gone", "still here");
        var before = await MomentAsync();
        A.Write("docs/letter.txt", "two");
        A.Rename("docs", "papers");
        A.Remove("gone");
        var after = await MomentAsync();
        Assert.Equal(["docs", "gone"], A.List(before));
        Assert.Equal(["letter.txt"], A.List($"{before}/docs"));
        Assert.Equal("one", A.Read($"{before}/docs/letter.txt"));
        Assert.Equal("still here", A.Read($"{before}/gone"));
        Assert.False(A.Has($"{before}/papers"));
        Assert.Equal(["papers"], A.List(after));
        Assert.Equal("two", A.Read($"{after}/papers/letter.txt"));
        Assert.Equal(["papers"], A.List());
        Assert.Empty(A.List(".peerdrive/at/1999-12-31"));
        Assert.Equal(["papers"], A.List(".peerdrive/at/2199-12-31"));
    }

    [Fact]
    public async Task The_last_moments_are_listed_and_each_leads_to_its_tree()
    {
        for (var i = 0; i < 4; i++)
        {
            A.Write($"f{i}", "");
            await MomentAsync();
        }
        var moments = A.List(".peerdrive/at");
        var trees = moments.Select(moment => string.Join(' ', A.List($".peerdrive/at/{moment}"))).ToList();
        Assert.Equal(["", "f0", "f0 f1", "f0 f1 f2", "f0 f1 f2 f3"], trees.Distinct());
        Assert.All(moments, moment => Assert.Matches(@"^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.\d{3}Z?$", moment));
    }

    [Fact]
    public async Task A_changeset_and_a_revision_name_the_tree_that_their_maker_saw()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var revision = A.Committed("a")!.Shown!.Value.Id.ToHex();
        var changeset = A.Volume.Vector.Tips.Single().Hash.ToHex();
        A.Remove("a");
        A.Write("b", "two");
        await A.FlushAsync();
        foreach (var id in new[] { revision, revision[..8], revision.ToUpperInvariant(), changeset, changeset[..12] })
        {
            Assert.Equal(["a"], A.List($".peerdrive/at/{id}"));
            Assert.Equal("one", A.Read($".peerdrive/at/{id}/a"));
        }
        Assert.False(A.Has($".peerdrive/at/{revision[..7]}"));
        Assert.False(A.Has($".peerdrive/at/{revision}0"));
        Assert.False(A.Has(".peerdrive/at/00000000"));
    }

    [Fact]
    public async Task What_comes_late_and_was_made_before_shows_in_a_tree_that_was_looked_at()
    {
        var other = await InviteAsync();
        await other.ReopenAsync();
        other.Write("late", "made in time");
        await other.FlushAsync();
        A.Write("a", "one");
        var moment = await MomentAsync();
        Assert.Equal(["a"], A.List(moment));
        await other.SendAsync(A);
        Assert.Equal(["a", "late"], A.List(moment));
        Assert.Equal("made in time", A.Read($"{moment}/late"));
        Assert.Equal(1, A.Tree.Views.Past.Count);
    }

    [Fact]
    public async Task Few_trees_are_kept_and_none_when_nobody_looks()
    {
        var time = new ManualTimeProvider();
        var device = await AnotherAsync(new DriveSettings { Quiet = TimeSpan.Zero, Settle = TimeSpan.Zero }, time);
        await device.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("a"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4 }));
        for (var year = 2101; year < 2110; year++) Assert.Equal(["a"], device.List($".peerdrive/at/{year}-01-01"));
        Assert.Equal(3, device.Tree.Views.Past.Count);
        time.Advance(TimeSpan.FromMinutes(1.5));
        Assert.Equal(["a"], device.List(".peerdrive/at/2109-01-01"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, device.Tree.Views.Past.Count);
        var folder = device.Look(".peerdrive/at/2109-01-01").Node;
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(0, device.Tree.Views.Past.Count);
        Assert.Null(device.Drive.LookUp(folder, "a"u8).Error);
    }

    [Fact]
    public async Task Two_entries_of_one_name_are_shown_as_they_were_shown_then()
    {
        var other = await InviteAsync();
        await A.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("x"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4 }));
        await other.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("x"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED }));
        await other.SendAsync(A);
        await Soon.UntilAsync(() => A.List().Length == 2);
        var now = A.List();
        Assert.Equal(2, now.Distinct().Count());
        Assert.Equal(now, A.List(".peerdrive/at/2199-01-01"));
        Assert.All(now, name => Assert.Equal(A.Look(name).Attributes.Kind, A.Look($".peerdrive/at/2199-01-01/{name}").Attributes.Kind));
    }

    /// <summary>The path of the tree as it is now; what comes next comes at least a millisecond later.</summary>
    private async Task<string> MomentAsync()
    {
        await A.FlushAsync();
        var moment = A.List(".peerdrive/at")[^1];
        var end = A.Tree.Views.Times.Parse(moment)!.Value;
        await Soon.UntilAsync(() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100 > end);
        return $".peerdrive/at/{moment}";
    }
}
