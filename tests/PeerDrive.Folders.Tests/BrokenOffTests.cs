using PeerDrive.Folders.Writing;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;

namespace PeerDrive.Folders.Tests;

/// <summary>Writing out that ends half-way, as by a crash: no file of the volume's is lost, and the rest is done later.</summary>
public sealed class BrokenOffTests : LinkFixture
{
    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    public async Task What_was_moved_aside_for_a_rename_gets_its_name_later(string kind)
    {
        var inner = kind == "file" ? "" : "/inner";
        var (x, y) = await RenameInChainAsync(inner);
        BreakOff(scope => Mover(scope).TryMove(scope.Rows.ByEntry(x)!, scope.Rows.Root, A.Require("y")));
        // What nobody committed is in this file only.
        if (kind == "file") Shell.Run(A.Directory, "for file in .pd~*.aside; do printf edited > $file; done");
        var before = Commits();
        await A.LinkAsync();
        Assert.Equal(["y", "z"], A.Names());
        Assert.Equal((x, y), (A.Require("y").Id, A.Require("z").Id));
        Assert.Equal(("one", kind == "file" ? "edited" : "two"), (A.Read($"y{inner}"), A.Read($"z{inner}")));
        Assert.Equal(A.Read($"z{inner}"), A.Content($"z{inner}"));
        Assert.Equal(before + (kind == "file" ? 1 : 0), Commits());
        Assert.Empty(Directory.GetFileSystemEntries(A.Directory, ".pd~*.aside"));
    }

    [Fact]
    public async Task A_folder_that_was_moved_out_of_one_that_goes_into_it_gets_its_place_later()
    {
        await A.LinkAsync();
        A.Write("x/y/file", "text");
        await A.IdleAsync();
        await A.UnlinkAsync();
        EntryId x = A.Require("x").Id, y = A.Require("x/y").Id;
        await A.Volume.CommitAsync(edit =>
        {
            edit.Move(y, EntryId.Root, EntryName.Create("y"));
            edit.Move(x, y, EntryName.Create("x"));
        });
        BreakOff(scope => Mover(scope).TryMove(scope.Rows.ByEntry(x)!, scope.Rows.Folder(y)!, A.Require("y/x")));
        var before = Commits();
        await A.LinkAsync();
        Assert.Equal(["y"], A.Names());
        Assert.Equal("text", A.Read("y/file"));
        Assert.Empty(A.Names("y/x"));
        Assert.Equal(before, Commits());
    }

    [Fact]
    public async Task A_file_that_was_to_be_removed_and_was_edited_is_no_leftover()
    {
        await A.LinkAsync();
        A.Write("f", "one");
        await A.IdleAsync();
        await A.UnlinkAsync();
        await A.Volume.CommitAsync(edit => edit.Delete(A.Require("f").Id));
        // As the remover does it, and no further.
        Shell.Run(A.Directory, "mv f .pd~0011.aside; printf edited > .pd~0011.aside");
        await A.LinkAsync();
        Assert.Equal(["f"], A.Names());
        Assert.Equal("edited", A.Content("f"));
    }

    [Fact]
    public async Task A_file_that_was_being_replaced_and_was_edited_is_no_leftover()
    {
        await A.LinkAsync();
        A.Write("f", "one");
        await A.IdleAsync();
        await A.UnlinkAsync();
        // As after an exchange, before anybody looked at what came out.
        Shell.Run(A.Directory, "mv f .pd~0011.tmp; printf edited > .pd~0011.tmp; printf new > f");
        await A.LinkAsync();
        Assert.Equal(["f", "f (local)"], A.Names());
        Assert.Equal(("new", "edited"), (A.Content("f"), A.Content("f (local)")));
    }

    [Fact]
    public async Task What_the_directory_lost_of_a_move_aside_is_no_move_of_the_users()
    {
        var (_, y) = await RenameInChainAsync();
        BreakOff(scope => scope.Rows.SaveMoved(scope.Rows.ByEntry(y)!, scope.Rows.Root, EntryName.Create(".pd~0011.aside"u8)));
        var before = Commits();
        await A.LinkAsync();
        Assert.Equal(("one", "two"), (A.Read("y"), A.Read("z")));
        Assert.Equal(["y", "z"], A.Names());
        Assert.Equal(before, Commits());
    }

    [Fact]
    public async Task What_nobody_knows_of_under_a_name_of_something_moved_aside_is_shown()
    {
        await A.LinkAsync();
        await A.UnlinkAsync();
        A.Write(".pd~0011.aside", "one");
        A.Write(".pd~0012.tmp/inner", "two");
        await A.LinkAsync();
        Assert.Equal(["recovered", "recovered (local)"], A.Names());
        await A.Link.ScanAsync(CancellationToken.None).OrFail();
        Assert.Equal(2, A.Volume.Reader.List(EntryId.Root).Count);
    }

    /// <summary>The folder is linked and left; then elsewhere y becomes z, and x becomes y.</summary>
    /// <param name="inner">Path of the files below x and y; empty: these are files.</param>
    private async Task<(EntryId X, EntryId Y)> RenameInChainAsync(string inner = "")
    {
        await A.LinkAsync();
        A.Write($"x{inner}", "one");
        A.Write($"y{inner}", "two");
        await A.IdleAsync();
        await A.UnlinkAsync();
        EntryId x = A.Require("x").Id, y = A.Require("y").Id;
        await A.Volume.CommitAsync(edit =>
        {
            edit.Move(y, EntryId.Root, EntryName.Create("z"));
            edit.Move(x, EntryId.Root, EntryName.Create("y"));
        });
        return (x, y);
    }

    private long Commits() => A.Volume.Vector.Tips.Sum(tip => (long)tip.Sequence);

    /// <summary>Does one step, after which nothing is noted.</summary>
    private void BreakOff(Action<LinkScope> step)
    {
        var scope = A.OpenScope();
        step(scope);
        scope.Directory.Dispose();
    }

    private static EntryMover Mover(LinkScope scope) => new(scope, new WriteRound(scope), new TemporaryFiles(scope, new AttributeWriter(scope)));
}
