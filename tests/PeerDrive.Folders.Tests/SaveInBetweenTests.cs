using System.Text;
using PeerDrive.Folders.Rows;
using PeerDrive.Folders.Writing;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Tests;

/// <summary>A program saves a file just while the link writes it: what it saved is never lost, and is committed.</summary>
public sealed class SaveInBetweenTests : LinkFixture
{
    [Theory]
    [InlineData("printf program >> {0}", "remoteprogram")]
    [InlineData("printf program > t; mv t {0}", "program")]
    public async Task What_is_saved_over_a_file_that_was_just_put_is_committed(string save, string expected)
    {
        await BeginAsync();
        await PlaceAsync(temporary => Shell.Run(A.Directory, string.Format(null, save, temporary)));
        await A.LinkAsync();
        Assert.Equal(expected, A.Content("f"));
        Assert.Equal(3, A.Volume.Reader.History(A.Require("f").Document).Count);
        Assert.Single(A.Volume.Reader.Heads(A.Require("f").Document));
        Assert.Equal(["f"], A.Names());
    }

    [Theory]
    [InlineData("printf newest > t; mv t {0}")]
    [InlineData("printf newest > {0}")]
    public async Task What_comes_out_of_an_exchange_that_is_undone_and_is_not_ours_stays(string save)
    {
        await BeginAsync();
        // The state after the undo: what was at the place in between is under the temporary name.
        await DiscardAsync(temporary => Shell.Run(A.Directory, string.Format(null, save, temporary) + "; printf saved > f"));
        Assert.Equal(["f", "f (local)"], A.Names());
        Assert.Equal(("saved", "newest"), (A.Read("f"), A.Read("f (local)")));
        await A.LinkAsync();
        Assert.Equal("newest", A.Content("f (local)"));
        Assert.Contains(A.Volume.Reader.Heads(A.Require("f").Document), head => Encoding.UTF8.GetString(A.Volume.Contents.ReadAll(head.Content, 100)) == "saved");
    }

    [Fact]
    public async Task A_save_that_was_exchanged_out_gets_its_name_back_when_nothing_is_there()
    {
        await BeginAsync();
        await DiscardAsync(temporary => Shell.Run(A.Directory, $"printf saved > f; mv f {temporary}"));
        Assert.Equal("saved", A.Read("f"));
    }

    [Fact]
    public async Task What_was_written_and_is_not_wanted_goes()
    {
        await BeginAsync();
        await DiscardAsync(_ => { });
        Assert.Equal(["f"], A.Names());
        Assert.Empty(Directory.GetFiles(A.Directory, ".pd~*.tmp"));
    }

    [Fact]
    public async Task A_file_that_cannot_have_its_name_back_gets_one_beside_it()
    {
        await BeginAsync();
        Shell.Run(A.Directory, "printf edited > .pd~0011.aside; printf new > 'f (local)'");
        var scope = A.OpenScope();
        using var directory = scope.Directory;
        TemporaryFiles.PutBack(directory.Top, ".pd~0011.aside"u8.ToArray(), EntryName.Create("f"));
        Assert.Equal(("base", "new", "edited"), (A.Read("f"), A.Read("f (local)"), A.Read("f (local 2)")));
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    [InlineData(true, false, false)]
    public void A_write_beside_a_change_of_attributes_is_a_difference(bool isTimed, bool isWritten, bool matches)
    {
        Directory.CreateDirectory(A.Directory);
        A.Write("f", "text");
        Shell.Run(A.Directory, "touch -d '2001-02-03' f");
        var before = Stat();
        if (isWritten) A.Write("f", "txet");
        Shell.Run(A.Directory, "chmod 600 f");
        if (isTimed) Shell.Run(A.Directory, "touch -d '2002-02-03' f");
        var seen = FileSeen.Of(before, 0).AfterAttributes(Stat(), 0, isTimed);
        Assert.Equal(matches, seen.Matches(Stat()));
        Assert.True(matches || seen.IsUnsure || !seen.HasSameBytes(Stat()));

        FileStat Stat() => Libc.StatAt(null, Encoding.UTF8.GetBytes(A.PathOf("f")))!.Value;
    }

    [Fact]
    public async Task A_file_that_was_given_another_time_is_read_once_and_no_change()
    {
        var b = await LinkBothAsync();
        A.Write("f", "text");
        await A.ExchangeAsync(b);
        Shell.Run(A.Directory, "touch -d '2001-02-03' f");
        await A.ExchangeAsync(b);
        Assert.Equal(2, b.Volume.Reader.History(b.Require("f").Document).Count);
        await b.UnlinkAsync();
        var scope = b.OpenScope();
        using var directory = scope.Directory;
        Assert.False(scope.Rows.ByEntry(b.Require("f").Id)!.Seen.IsUnsure);
    }

    /// <summary>A file that another device has changed, while no link is open.</summary>
    private async Task BeginAsync()
    {
        await A.LinkAsync();
        A.Write("f", "base");
        await A.IdleAsync();
        await A.UnlinkAsync();
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = A.Volume.Contents.Store(Encoding.UTF8.GetBytes("remote")) };
        await A.Volume.CommitAsync(edit => edit.Revise(A.Require("f").Id, state, [A.Require("f").Shown!.Value.Id]));
    }

    /// <summary>Writes the file out, with something that a program does before the link looks at it again.</summary>
    private Task PlaceAsync(Action<string> program) => WriteAsync(program, (scope, round, temporaries, write) =>
    {
        if (new FilePlacer(scope, round, new EntryMover(scope, round, temporaries)).Place(write) is { } placed) scope.Rows.Save([placed], []);
    });

    /// <summary>Gives up what was written.</summary>
    private Task DiscardAsync(Action<string> program) => WriteAsync(program, (scope, _, _, write) => FilePlacer.Discard(scope.Directory.Top, write.Temporary!, write));

    private async Task WriteAsync(Action<string> program, Action<LinkScope, WriteRound, TemporaryFiles, FileWrite> end)
    {
        var scope = A.OpenScope();
        using var directory = scope.Directory;
        var round = new WriteRound(scope);
        var temporaries = new TemporaryFiles(scope, new AttributeWriter(scope));
        var view = A.Require("f");
        var write = new FileWrite(view, scope.Rows.ByEntry(view.Id), scope.Rows.Root) { State = A.Volume.Reader.ShownState(view) };
        await temporaries.WriteAsync(write, CancellationToken.None);
        program(Encoding.UTF8.GetString(write.Temporary!));
        end(scope, round, temporaries, write);
    }
}
