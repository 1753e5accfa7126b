using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests;

public sealed class NameTests : DriveFixture
{
    [Fact]
    public async Task A_file_is_made_read_listed_and_committed()
    {
        A.Write("a", "one");
        Assert.Equal("one", A.Read("a"));
        Assert.Equal(["a"], A.List());
        await A.FlushAsync();
        Assert.Equal("one", A.CommittedText("a"));
        Assert.Equal("one", A.Read("a"));
        Assert.Equal(1, A.Revisions("a"));
    }

    [Fact]
    public void Making_is_refused_where_the_name_is_taken_invalid_or_too_long()
    {
        A.MakeFolder("f");
        A.Write("a", "");
        Assert.Equal(ErrorKind.AlreadyExists, A.Make("f", new NewNode(DocumentKind.Folder, 0)).Error);
        Assert.Equal(ErrorKind.AlreadyExists, A.Make("a", new NewNode(DocumentKind.Fifo, 0)).Error);
        Assert.Equal(ErrorKind.NameTooLong, A.Make(new string('x', 256), new NewNode(DocumentKind.Folder, 0)).Error);
        Assert.Equal(ErrorKind.Invalid, A.Make("..", new NewNode(DocumentKind.Folder, 0)).Error);
        Assert.Null(A.Make(new string('x', 255), new NewNode(DocumentKind.Folder, 0)).Error);
        var (folder, name) = A.Parts("a");
        Assert.Equal(ErrorKind.AlreadyExists, A.Drive.Create(folder, Device.Me, name, 0, FileAccess.Read, isExclusive: true).Error);
        Assert.Equal(ErrorKind.IsAFolder, A.Drive.Create(folder, Device.Me, "f"u8, 0, FileAccess.Read, isExclusive: false).Error);
        Assert.Equal(ErrorKind.NotAFolder, A.Drive.Make(A.Look("a").Node, Device.Me, "x"u8, new NewNode(DocumentKind.File, 0)).Error);
        Assert.Equal(ErrorKind.NotAFolder, A.Drive.LookUp(A.Look("a").Node, "x"u8).Error);
        Assert.Equal(ErrorKind.NotFound, A.Drive.LookUp(folder, "nothing"u8).Error);
    }

    [Fact]
    public async Task Every_kind_keeps_what_it_is()
    {
        Assert.Null(A.Make("link", new NewNode(DocumentKind.SymbolicLink, 0x1FF, Target: new ByteString("to/there"u8))).Error);
        Assert.Null(A.Make("fifo", new NewNode(DocumentKind.Fifo, 0x180)).Error);
        Assert.Null(A.Make("socket", new NewNode(DocumentKind.Socket, 0x180)).Error);
        Assert.Null(A.Make("device", new NewNode(DocumentKind.CharacterDevice, 0x180, DeviceNumber: (1UL << 32) | 3)).Error);
        A.MakeFolder("folder");
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(FileKind.SymbolicLink, A.Look("link").Attributes.Kind);
            Assert.Equal("to/there"u8.ToArray(), A.Drive.ReadTarget(A.Look("link").Node).Required().Span.ToArray());
            Assert.Equal(8, A.Look("link").Attributes.Size);
            Assert.Equal(FileKind.Fifo, A.Look("fifo").Attributes.Kind);
            Assert.Equal(FileKind.Socket, A.Look("socket").Attributes.Kind);
            Assert.Equal((1UL << 32) | 3, A.Look("device").Attributes.DeviceNumber);
            Assert.Equal(FileKind.Folder, A.Look("folder").Attributes.Kind);
            await A.ReopenAsync();
        }
        Assert.Equal(ErrorKind.Invalid, A.Drive.ReadTarget(A.Look("fifo").Node).Error);
        Assert.Equal(ErrorKind.IsAFolder, A.Drive.Open(A.Look("folder").Node, Device.Me, FileAccess.Read, false).Error);
        Assert.Equal(ErrorKind.BehindEnd, A.Drive.Open(A.Look("fifo").Node, Device.Me, FileAccess.Read, false).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Removing_takes_files_with_unlink_and_empty_folders_with_rmdir(bool isCommitted)
    {
        A.MakeFolder("f");
        A.Write("f/a", "one");
        if (isCommitted) await A.FlushAsync();
        Assert.Equal(ErrorKind.NotEmpty, A.RemoveFolder("f"));
        Assert.Equal(ErrorKind.IsAFolder, A.Remove("f"));
        Assert.Equal(ErrorKind.NotAFolder, A.RemoveFolder("f/a"));
        Assert.Equal(ErrorKind.NotFound, A.Remove("f/b"));
        var folder = A.Look("f").Node;
        Assert.Null(A.Remove("f/a"));
        Assert.Null(A.RemoveFolder("f"));
        Assert.False(A.Has("f"));
        Assert.Equal(ErrorKind.NotFound, A.Drive.Make(folder, Device.Me, "x"u8, new NewNode(DocumentKind.Folder, 0)).Error);
        Assert.Equal(ErrorKind.NotFound, A.Drive.Create(folder, Device.Me, "x"u8, 0, FileAccess.Write, false).Error);
        Assert.Equal(0u, A.Drive.GetAttributes(folder).Links);
        await A.FlushAsync();
        Assert.Null(A.Committed("f"));
        Assert.Empty(A.List());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rename_refuses_what_rename_of_the_system_refuses(bool isCommitted)
    {
        A.MakeFolder("f");
        A.MakeFolder("f/inner");
        A.MakeFolder("empty");
        A.Write("a", "a");
        if (isCommitted) await A.FlushAsync();
        Assert.Equal(ErrorKind.NotFound, A.Rename("nothing", "x"));
        Assert.Equal(ErrorKind.Invalid, A.Rename("f", "f/inner/f"));
        Assert.Equal(ErrorKind.Invalid, A.Rename("f", "f/f"));
        Assert.Equal(ErrorKind.IsAFolder, A.Rename("a", "empty"));
        Assert.Equal(ErrorKind.NotAFolder, A.Rename("empty", "a"));
        Assert.Equal(ErrorKind.NotEmpty, A.Rename("empty", "f"));
        Assert.Equal(ErrorKind.AlreadyExists, A.Rename("a", "empty", RenameKind.Keep));
        Assert.Equal(ErrorKind.NotFound, A.Rename("a", "nothing", RenameKind.Exchange));
        Assert.Equal(ErrorKind.Invalid, A.Rename("f/inner", "f", RenameKind.Exchange));
        Assert.Null(A.Rename("a", "a"));
        Assert.Null(A.Rename("f", "empty"));
        Assert.Equal(["a", "empty"], A.List());
        Assert.Equal(["inner"], A.List("empty"));
        await A.FlushAsync();
        Assert.NotNull(A.Committed("empty/inner"));
        Assert.Null(A.Committed("f"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exchange_swaps_a_file_and_a_folder(bool isCommitted)
    {
        A.MakeFolder("d");
        A.Write("d/inner", "in");
        A.MakeFolder("e");
        A.Write("e/file", "text");
        if (isCommitted) await A.FlushAsync();
        A.Forget();
        Assert.Null(A.Rename("d", "e/file", RenameKind.Exchange));
        Assert.Equal("text", A.Read("d"));
        Assert.Equal("in", A.Read("e/file/inner"));
        await A.FlushAsync();
        Assert.Equal("text", A.CommittedText("d"));
        Assert.Equal("in", A.CommittedText("e/file/inner"));
        Assert.Equal(3u, A.Look("e").Attributes.Links);
        Assert.Equal(3u, A.Look("").Attributes.Links);
    }

    [Fact]
    public async Task Exchanging_names_that_nothing_was_looked_up_of_loses_nothing()
    {
        A.Write("a", "one");
        A.Write("b", "two");
        var root = A.Look("").Node;
        A.Forget();
        Assert.Null(A.Drive.Rename(A.Look("").Node, "a"u8, A.Look("").Node, "b"u8, RenameKind.Exchange));
        Assert.Equal(("two", "one"), (A.Read("a"), A.Read("b")));
        await A.FlushAsync();
        Assert.Equal(("two", "one"), (A.CommittedText("a"), A.CommittedText("b")));
        Assert.NotEqual(0UL, root);
    }

    [Fact]
    public async Task Names_that_change_places_in_a_ring_are_committed_at_once()
    {
        foreach (var name in new[] { "a", "b", "c" }) A.Write(name, name);
        await A.FlushAsync();
        var documents = new[] { "a", "b", "c" }.Select(name => A.Committed(name)!.Document).ToArray();
        await using (await A.HoldCommitsAsync())
        {
            Assert.Null(A.Rename("a", "t"));
            Assert.Null(A.Rename("b", "a"));
            Assert.Null(A.Rename("c", "b"));
            Assert.Null(A.Rename("t", "c"));
        }
        await A.FlushAsync();
        Assert.Equal(["a", "b", "c"], A.List());
        Assert.Equal(("b", "c", "a"), (A.CommittedText("a"), A.CommittedText("b"), A.CommittedText("c")));
        Assert.Equal([documents[1], documents[2], documents[0]], new[] { "a", "b", "c" }.Select(name => A.Committed(name)!.Document));
    }

    [Fact]
    public async Task A_folder_that_the_kernel_gives_back_while_a_folder_in_it_is_being_committed_counts_right()
    {
        A.MakeFolder("f");
        await A.FlushAsync();
        var held = await A.HoldCommitsAsync();
        A.MakeFolder("f/g");
        var flush = A.FlushAsync();
        await A.UntilCommittingAsync();
        Assert.Null(A.RemoveFolder("f/g"));
        A.Forget();
        Assert.Equal(2u, A.Look("f").Attributes.Links);
        await held.DisposeAsync();
        await flush;
        A.MakeFolder("f/h");
        Assert.Equal(3u, A.Look("f").Attributes.Links);
        await A.FlushAsync();
        Assert.Equal(3u, A.Look("f").Attributes.Links);
        Assert.Equal(["h"], A.List("f"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hard_links_are_one_file_whatever_is_committed(bool isCommitted)
    {
        A.Write("a", "one");
        if (isCommitted) await A.FlushAsync();
        Assert.Null(A.Link("a", "b"));
        Assert.Equal(A.Look("a").Node, A.Look("b").Node);
        Assert.Equal(2u, A.Look("a").Attributes.Links);
        A.Write("b", "two");
        Assert.Equal("two", A.Read("a"));
        Assert.Equal(ErrorKind.AlreadyExists, A.Link("a", "b"));
        A.MakeFolder("f");
        Assert.Equal(ErrorKind.NotPermitted, A.Link("f", "g"));
        await A.FlushAsync();
        Assert.Equal(A.Committed("a")!.Document, A.Committed("b")!.Document);
        Assert.Equal(2u, A.Look("a").Attributes.Links);
        Assert.Null(A.Remove("a"));
        Assert.Equal(1u, A.Look("b").Attributes.Links);
        A.Forget();
        Assert.Equal("two", A.Read("b"));
        await A.FlushAsync();
        Assert.Null(A.Committed("a"));
        Assert.Equal("two", A.CommittedText("b"));
        Assert.Equal(1u, A.Look("b").Attributes.Links);
        await A.ReopenAsync();
        Assert.Equal(1u, A.Look("b").Attributes.Links);
    }

    [Fact]
    public async Task A_link_to_a_file_whose_first_name_was_moved_and_deleted_meanwhile_keeps_the_document()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var document = A.Committed("a")!.Document;
        await using (await A.HoldCommitsAsync())
        {
            Assert.Null(A.Rename("a", "c"));
            Assert.Null(A.Link("c", "b"));
            Assert.Null(A.Remove("c"));
        }
        await A.FlushAsync();
        Assert.Null(A.Drive.States.Single().Problem);
        Assert.Equal(["b"], A.List());
        Assert.Equal("one", A.CommittedText("b"));
        Assert.Equal(document, A.Committed("b")!.Document);
    }

    [Fact]
    public async Task What_a_folder_listed_before_a_commit_is_not_shown_after_it()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        A.Forget();
        var folder = A.Drive.OpenFolder(A.Look("").Node).Required();
        var line = folder.Lines.Select((line, at) => (line.Name, at)).Single(found => found.Name.ToString() == "a").at;
        A.Write("a", "three");
        await A.FlushAsync();
        Assert.Equal(5, folder.LookUp(line)!.Value.Attributes.Size);
        Assert.Equal("three", A.Read("a"));
        A.Write("a", "seven..");
        await A.FlushAsync();
        Assert.Equal((1, 3), (A.Committed("a")!.Heads, A.Revisions("a")));
    }
}
