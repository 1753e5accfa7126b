using PeerDrive.Model.Identifiers;

namespace PeerDrive.Folders.Tests;

public sealed class RenameTests : LinkFixture
{
    [Fact]
    public async Task A_renamed_file_keeps_its_entry_here_and_there()
    {
        var b = await LinkBothAsync();
        A.Write("old.txt", "text");
        await A.ExchangeAsync(b);
        var entry = A.Require("old.txt").Id;
        var inode = Shell.Run(b.Directory, "stat -c %i old.txt");
        Directory.CreateDirectory(A.PathOf("sub"));
        File.Move(A.PathOf("old.txt"), A.PathOf("sub/new.txt"));
        await A.ExchangeAsync(b);
        Assert.Equal(entry, A.Require("sub/new.txt").Id);
        Assert.Equal(inode, Shell.Run(b.Directory, "stat -c %i sub/new.txt"));
        Assert.Equal(["sub"], b.Names());
    }

    [Fact]
    public async Task A_renamed_folder_is_one_move_whatever_is_in_it()
    {
        var b = await LinkBothAsync();
        for (var i = 0; i < 300; i++) A.Write($"old/{i % 7}/{i}", $"{i}");
        await A.ExchangeAsync(b);
        var entry = A.Require("old/3/3").Id;
        var before = A.Volume.Vector.Tips.Sum(tip => (long)tip.Sequence);
        Directory.Move(A.PathOf("old"), A.PathOf("new"));
        await A.IdleAsync();
        Assert.Equal(before + 1, A.Volume.Vector.Tips.Sum(tip => (long)tip.Sequence));
        Assert.Equal(entry, A.Require("new/3/3").Id);
        await A.ExchangeAsync(b);
        Assert.Equal(["new"], b.Names());
        Assert.Equal("299", b.Read($"new/{299 % 7}/299"));
    }

    [Fact]
    public async Task Files_that_swap_their_names_swap_their_entries()
    {
        var b = await LinkBothAsync();
        A.Write("x", "one");
        A.Write("y", "two");
        await A.ExchangeAsync(b);
        EntryId x = A.Require("x").Id, y = A.Require("y").Id;
        File.Move(A.PathOf("x"), A.PathOf("t"));
        File.Move(A.PathOf("y"), A.PathOf("x"));
        File.Move(A.PathOf("t"), A.PathOf("y"));
        await A.ExchangeAsync(b);
        Assert.Equal((y, x), (A.Require("x").Id, A.Require("y").Id));
        Assert.Equal(("two", "one"), (b.Read("x"), b.Read("y")));
        Assert.Equal(["x", "y"], b.Names());
    }

    [Fact]
    public async Task Folders_that_swap_their_names_while_nothing_runs_swap_their_entries()
    {
        await A.LinkAsync();
        A.Write("x/f", "one");
        A.Write("y/g", "two");
        await A.IdleAsync();
        EntryId x = A.Require("x").Id, y = A.Require("y").Id;
        await A.UnlinkAsync();
        Shell.Run(A.Directory, "mv x t; mv y x; mv t y");
        await A.LinkAsync();
        Assert.Equal((y, x), (A.Require("x").Id, A.Require("y").Id));
        Assert.Equal("two", A.Content("x/g"));
    }

    [Theory]
    [InlineData("mv y w; mv x y", "y>w x>y", true)]
    [InlineData("mv y w; mv x y", "y>w x>y", false)]
    [InlineData("mv z w; mv y z; mv x y", "z>w y>z x>y", true)]
    [InlineData("mv z w; mv y z; mv x y", "z>w y>z x>y", false)]
    [InlineData("mv y a; mv x y", "y>a x>y", true)]
    [InlineData("mv y a; mv x y", "y>a x>y", false)]
    [InlineData("mkdir d; mv y d/y; mv x y", "y>d/y x>y", true)]
    [InlineData("mkdir d; mv y d/y; mv x y", "y>d/y x>y", false)]
    [InlineData("mv y w; mv x y; mv w x", "y>x x>y", true)]
    [InlineData("mv y t; mv x y; printf new > x; mv t w", "y>w", true)]
    [InlineData("mv z w; mv y z; mv x y; mv w x", "z>x y>z x>y", true)]
    public async Task Renames_in_a_chain_take_every_entry_along(string script, string expected, bool isRunning)
    {
        foreach (var kind in new[] { "file", "folder" })
        {
            var side = kind == "file" ? A : await AnotherAsync();
            await side.LinkAsync();
            foreach (var name in new[] { "x", "y", "z" })
            {
                if (kind == "file") side.Write(name, name);
                else side.Write($"{name}/inner", name);
            }
            await side.IdleAsync();
            var entries = new[] { "x", "y", "z" }.ToDictionary(name => name, name => side.Require(name).Id);
            if (!isRunning) await side.UnlinkAsync();
            if (kind == "folder") script = script.Replace("printf new > x", "mkdir x", StringComparison.Ordinal);
            Shell.Run(side.Directory, script);
            if (isRunning) await side.IdleAsync();
            else await side.LinkAsync();
            foreach (var move in expected.Split(' '))
            {
                var (from, to) = (move.Split('>')[0], move.Split('>')[1]);
                Assert.Equal((move, entries[from]), (move, side.Require(to).Id));
                Assert.Equal(from, side.Content(kind == "file" ? to : $"{to}/inner"));
            }
        }
    }

    [Theory]
    [InlineData("printf new > t; mv t f")]
    [InlineData("mv f f~; printf new > f")]
    [InlineData("printf new > t; sleep 0.4; mv t f")]
    public async Task Saving_by_rename_keeps_the_entry_at_the_path(string save)
    {
        await A.LinkAsync();
        A.Write("f", "old");
        await A.IdleAsync();
        var entry = A.Require("f");
        Shell.Run(A.Directory, save);
        await A.IdleAsync();
        Assert.Equal(entry.Id, A.Require("f").Id);
        Assert.Equal("new", A.Content("f"));
        Assert.Equal(2, A.Volume.Reader.History(entry.Document).Count);
        Assert.Null(A.Find("t"));
    }

    [Fact]
    public async Task Renames_in_a_circle_made_in_the_volume_are_done_in_the_directory()
    {
        var b = await LinkBothAsync();
        foreach (var name in new[] { "1", "2", "3" }) A.Write(name, name);
        await A.ExchangeAsync(b);
        await A.UnlinkAsync();
        await A.Volume.CommitAsync(edit =>
        {
            var (one, two, three) = (A.Require("1").Id, A.Require("2").Id, A.Require("3").Id);
            edit.Move(one, EntryId.Root, Model.Revisions.EntryName.Create("t"));
            edit.Move(three, EntryId.Root, Model.Revisions.EntryName.Create("1"));
            edit.Move(two, EntryId.Root, Model.Revisions.EntryName.Create("3"));
            edit.Move(one, EntryId.Root, Model.Revisions.EntryName.Create("2"));
        });
        await A.LinkAsync();
        await A.ExchangeAsync(b);
        foreach (var side in new[] { A, b })
        {
            Assert.Equal(("3", "1", "2"), (side.Read("1"), side.Read("2"), side.Read("3")));
            Assert.Equal(["1", "2", "3"], side.Names());
        }
    }

    [Fact]
    public async Task Moved_while_nothing_ran_keeps_the_entry()
    {
        await A.LinkAsync();
        A.Write("d/f", "one");
        await A.IdleAsync();
        var (folder, file) = (A.Require("d").Id, A.Require("d/f").Id);
        await A.UnlinkAsync();
        Shell.Run(A.Directory, "mv d e; mv e/f g");
        await A.LinkAsync();
        Assert.Equal((folder, file), (A.Require("e").Id, A.Require("g").Id));
    }

    [Fact]
    public async Task Folders_moved_together_into_a_new_one_keep_all_that_is_in_them()
    {
        var b = await LinkBothAsync();
        for (var i = 0; i < 200; i++) A.Write($"{i % 20}/{i}", $"{i}");
        await A.ExchangeAsync(b);
        var entry = A.Require("7/127").Id;
        Shell.Run(A.Directory, "mkdir top; mv [0-9]* top/");
        await A.ExchangeAsync(b);
        Assert.Equal(entry, A.Require("top/7/127").Id);
        Assert.Equal(200, A.Volume.Reader.Totals().Files);
        Assert.Equal("127", b.Read("top/7/127"));
        Assert.Equal(["top"], b.Names());
    }
}
