using PeerDrive.Model.Errors;

namespace PeerDrive.FileSystem.Tests;

/// <summary>Programs that save by a new file: the history goes on.</summary>
public sealed class SaveTests : DriveFixture
{
    [Theory]
    [InlineData("a.tmp")]
    [InlineData(".goutputstream-X")]
    [InlineData("other")]
    public async Task A_new_file_renamed_over_another_continues_its_history_and_tags(string temporary)
    {
        A.Write("a", "one");
        Assert.Null(A.SetXattr("a", "user.xdg.tags", "red"));
        Assert.Null(A.SetXattr("a", "user.other", "bytes"));
        await A.FlushAsync();
        var document = A.Committed("a")!.Document;
        A.Write(temporary, "two");
        var inode = A.Look(temporary).Attributes.Inode;
        Assert.Null(A.Rename(temporary, "a"));
        Assert.Equal("two", A.Read("a"));
        Assert.Equal(inode, A.Look("a").Attributes.Inode);
        await A.FlushAsync();
        Assert.Equal(document, A.Committed("a")!.Document);
        Assert.Equal(1, A.Committed("a")!.Heads);
        Assert.Equal("two", A.CommittedText("a"));
        Assert.Equal(2, A.Revisions("a"));
        Assert.Equal("red", A.Xattr("a", "user.xdg.tags"));
        Assert.Null(A.Xattr("a", "user.other"));
        Assert.Equal(inode, A.Look("a").Attributes.Inode);
        Assert.Equal(1u, A.Look("a").Attributes.Links);
        await A.ReopenAsync();
        Assert.Equal(["a"], A.List());
        Assert.Equal("two", A.Read("a"));
        Assert.Equal("red", A.Xattr("a", "user.xdg.tags"));
    }

    [Fact]
    public async Task An_old_file_renamed_over_another_keeps_its_own_history()
    {
        A.Write("a", "one");
        A.Write("b", "two");
        await A.ReopenAsync();
        var document = A.Committed("b")!.Document;
        Assert.Null(A.Rename("b", "a"));
        await A.FlushAsync();
        Assert.Equal(document, A.Committed("a")!.Document);
        Assert.Null(A.Committed("b"));
        Assert.Equal("two", A.Read("a"));
    }

    [Theory]
    [InlineData("a~")]
    [InlineData("a.bak")]
    public async Task A_file_that_is_written_where_one_was_moved_to_a_backup_continues_its_history(string backup)
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var document = A.Committed("a")!.Document;
        Assert.Null(A.Rename("a", backup));
        A.Write("a", "two");
        await A.FlushAsync();
        Assert.Equal(document, A.Committed("a")!.Document);
        Assert.Equal(("two", "one"), (A.CommittedText("a"), A.CommittedText(backup)));
        Assert.NotEqual(document, A.Committed(backup)!.Document);
        Assert.Equal(1, A.Committed("a")!.Heads);
        Assert.Equal(["a", backup], A.List());
        Assert.Null(A.Remove(backup));
        await A.FlushAsync();
        Assert.Equal(["a"], A.List());
        Assert.Equal("two", A.CommittedText("a"));
    }

    [Fact]
    public async Task Rotating_a_log_is_not_saving()
    {
        A.Write("log", "one");
        await A.FlushAsync();
        var document = A.Committed("log")!.Document;
        Assert.Null(A.Rename("log", "log.1"));
        A.Write("log", "two");
        await A.FlushAsync();
        Assert.Equal(document, A.Committed("log.1")!.Document);
    }

    [Fact]
    public async Task Saving_while_the_last_version_is_being_committed_leaves_one_head()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var held = await A.HoldCommitsAsync();
        A.Write("a", "two");
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        A.Write("a.tmp", "three");
        Assert.Null(A.Rename("a.tmp", "a"));
        await held.DisposeAsync();
        await flush;
        await A.FlushAsync();
        Assert.Equal("three", A.Read("a"));
        Assert.Equal("three", A.CommittedText("a"));
        Assert.Equal(1, A.Committed("a")!.Heads);
        Assert.Equal(3, A.Revisions("a"));
    }

    [Fact]
    public async Task Saving_over_a_file_whose_making_is_being_committed_loses_nothing()
    {
        var held = await A.HoldCommitsAsync();
        A.Write("a", "one");
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        A.Write("a.tmp", "two");
        Assert.Null(A.Rename("a.tmp", "a"));
        await held.DisposeAsync();
        await flush;
        await A.FlushAsync();
        Assert.Equal("two", A.Read("a"));
        Assert.Equal("two", A.CommittedText("a"));
        Assert.Equal(2, A.Revisions("a"));
        Assert.Equal(1, A.Committed("a")!.Heads);
        A.Forget();
        Assert.Equal("two", A.Read("a"));
        await A.ReopenAsync();
        Assert.Equal("two", A.Read("a"));
        Assert.Equal(["a"], A.List());
    }

    [Fact]
    public async Task Saving_over_a_file_whose_new_link_was_removed_while_that_is_being_committed_leaves_one_link()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var held = await A.HoldCommitsAsync();
        Assert.Null(A.Link("a", "b"));
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        Assert.Null(A.Remove("b"));
        A.Write("a.tmp", "two");
        Assert.Null(A.Rename("a.tmp", "a"));
        await held.DisposeAsync();
        await flush;
        Assert.Equal(1u, A.Look("a").Attributes.Links);
        await A.FlushAsync();
        Assert.Equal(1u, A.Look("a").Attributes.Links);
        Assert.Equal(["a"], A.List());
        A.Forget();
        Assert.Equal(1u, A.Look("a").Attributes.Links);
    }

    [Fact]
    public async Task A_history_goes_on_after_a_backup_also_when_the_kernel_has_forgotten_it_all_meanwhile()
    {
        A.MakeFolder("folder");
        A.Write("folder/a", "one");
        await A.FlushAsync();
        var document = A.Committed("folder/a")!.Document;
        Assert.Null(A.Rename("folder/a", "folder/a~"));
        await A.FlushAsync();
        A.Forget();
        A.Write("folder/a", "two");
        await A.FlushAsync();
        Assert.Equal(document, A.Committed("folder/a")!.Document);
        Assert.NotEqual(document, A.Committed("folder/a~")!.Document);
        Assert.Equal(("two", "one"), (A.CommittedText("folder/a"), A.CommittedText("folder/a~")));
    }

    [Theory]
    [InlineData("a~", true)]
    [InlineData("a.bak", true)]
    [InlineData("a~", false)]
    public async Task The_next_backup_replaces_the_last_one_and_the_history_goes_on(string backup, bool isCommittedBetween)
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var document = A.Committed("a")!.Document;
        foreach (var (before, text) in new[] { ("one", "two"), ("two", "three"), ("three", "four") })
        {
            Assert.Null(A.Rename("a", backup));
            if (isCommittedBetween) await A.FlushAsync();
            A.Write("a", text);
            await A.FlushAsync();
            Assert.Equal(document, A.Committed("a")!.Document);
            Assert.Equal((text, before), (A.CommittedText("a"), A.CommittedText(backup)));
            Assert.Equal(["a", backup], A.List());
        }
        Assert.Equal((1, 4), (A.Committed("a")!.Heads, A.Revisions("a")));
    }

    [Fact]
    public async Task A_file_that_has_taken_anothers_history_over_keeps_its_number_when_the_kernel_forgets_it()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        A.Write("b", "two");
        var number = A.Look("b").Attributes.Inode;
        Assert.Null(A.Rename("b", "a"));
        await A.FlushAsync();
        A.Forget();
        Assert.Equal(number, A.Look("a").Attributes.Inode);
        Assert.Equal(number, A.Drive.OpenFolder(A.Look("").Node).Required().Lines.Single(line => line.Name.ToString() == "a").Inode);
    }

    [Fact]
    public async Task Keeping_a_backup_while_the_rename_is_being_committed_loses_nothing()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var held = await A.HoldCommitsAsync();
        Assert.Null(A.Rename("a", "a~"));
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        A.Write("a", "two");
        await held.DisposeAsync();
        await flush;
        await A.FlushAsync();
        Assert.Equal(["a", "a~"], A.List());
        Assert.Equal(("two", "one"), (A.CommittedText("a"), A.CommittedText("a~")));
        A.Forget();
        Assert.Equal(("two", "one"), (A.Read("a"), A.Read("a~")));
    }

    [Fact]
    public async Task A_temporary_file_that_is_being_committed_and_renamed_over_another_leaves_one_file()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var document = A.Committed("a")!.Document;
        var held = await A.HoldCommitsAsync();
        A.Write("new", "two");
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        Assert.Null(A.Rename("new", "a"));
        await held.DisposeAsync();
        await flush;
        await A.FlushAsync();
        Assert.Equal(["a"], A.List());
        Assert.Null(A.Committed("new"));
        Assert.Equal(document, A.Committed("a")!.Document);
        Assert.Equal("two", A.CommittedText("a"));
        Assert.Equal(1u, A.Look("a").Attributes.Links);
    }

    [Fact]
    public async Task A_file_deleted_while_its_making_is_being_committed_stays_deleted()
    {
        var held = await A.HoldCommitsAsync();
        A.Write("a", "one");
        A.Write("b", "one");
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        Assert.Null(A.Remove("a"));
        Assert.Null(A.Remove("b"));
        A.Write("b", "two");
        await held.DisposeAsync();
        await flush;
        await A.FlushAsync();
        Assert.Equal(["b"], A.List());
        Assert.Null(A.Committed("a"));
        Assert.Equal("two", A.CommittedText("b"));
        A.Forget();
        Assert.Equal("two", A.Read("b"));
        Assert.Equal(ErrorKind.NotFound, A.Remove("a"));
    }

    [Fact]
    public async Task What_is_written_while_its_commit_is_under_way_comes_with_the_next()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var held = await A.HoldCommitsAsync();
        A.Write("a", "two");
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        var file = A.Open("a");
        file.Put("TWO and more");
        await held.DisposeAsync();
        await flush;
        Assert.Equal("TWO and more", A.Read("a"));
        file.Release();
        await A.FlushAsync();
        Assert.Equal("TWO and more", A.CommittedText("a"));
        Assert.Equal(1, A.Committed("a")!.Heads);
    }
}
