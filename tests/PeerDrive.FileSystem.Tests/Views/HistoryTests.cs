using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests.Views;

public sealed class HistoryTests : DriveFixture
{
    /// <summary>What a test does before it flushes is one revision.</summary>
    internal override DriveSettings Settings => new() { Quiet = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Every_revision_is_a_file_with_its_bytes_mode_and_times()
    {
        A.MakeFolder("docs");
        foreach (var (text, mode) in new[] { ("one", 0x1A4u), ("second", 0x1C0u), ("", 0x124u) })
        {
            A.Write("docs/letter.txt", text);
            Assert.Null(A.Drive.SetAttributes(A.Look("docs/letter.txt").Node, Device.Me, new AttributeChanges(Permissions: mode, Mtime: 1_000_000_007 + text.Length)));
            await A.FlushAsync();
        }
        const string history = ".peerdrive/history/docs/letter.txt";
        Assert.Equal(["docs"], A.List(".peerdrive/history"));
        Assert.Equal(["letter.txt"], A.List(".peerdrive/history/docs"));
        Assert.Equal(FileKind.Folder, A.Look(history).Attributes.Kind);
        var names = A.List(history);
        Assert.Equal(3, names.Length);
        Assert.All(names, name => Assert.Matches(@"^000[123] \d{4}-\d\d-\d\d_\d\d-\d\d-\d\d device 1$", name));
        Assert.Equal(["one", "second", ""], names.Select(name => A.Read($"{history}/{name}")));
        Assert.Equal([0x1A4u, 0x1C0u, 0x124u], names.Select(name => A.Look($"{history}/{name}").Attributes.Permissions));
        Assert.Equal([3L, 6L, 0L], names.Select(name => A.Look($"{history}/{name}").Attributes.Size));
        Assert.Equal([1_000_000_010L, 1_000_000_013L, 1_000_000_007L], names.Select(name => A.Look($"{history}/{name}").Attributes.Mtime));
        Assert.Equal("second", A.Read($"{history}/2"));
        Assert.Equal("second", A.Read($"{history}/{names[1]}"));
        Assert.False(A.Has($"{history}/4"));
        Assert.False(A.Has($"{history}/0"));
        Assert.False(A.Has($"{history}/{names[1].Replace("0002", "0001", StringComparison.Ordinal)} "));
    }

    [Fact]
    public async Task A_new_revision_shows_in_a_history_that_is_looked_at()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var open = A.Drive.OpenFolder(A.Look(".peerdrive/history/a").Node).Required();
        Assert.Single(open.Lines);
        A.Write("a", "two");
        await A.FlushAsync();
        Assert.Single(open.Lines);
        open.Rewind();
        Assert.Equal(2, open.Lines.Count);
        Assert.Equal(open.Lines[1].Inode, open.LookUp(1)!.Value.Attributes.Inode);
        Assert.Equal("two", A.Read(".peerdrive/history/a/2"));
    }

    [Fact]
    public async Task A_history_goes_with_the_file_when_that_is_renamed()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        A.Write("a", "two");
        A.Rename("a", "b");
        await A.FlushAsync();
        Assert.Equal(["b"], A.List(".peerdrive/history"));
        Assert.Equal("one", A.Read(".peerdrive/history/b/1"));
    }

    [Fact]
    public async Task Revisions_of_other_kinds_are_of_their_kind()
    {
        Assert.Null(A.Make("link", new NewNode(DocumentKind.SymbolicLink, 0x1FF, Target: new ByteString("to/there"u8))).Error);
        Assert.Null(A.Make("fifo", new NewNode(DocumentKind.Fifo, 0x180)).Error);
        A.Write("a", "one");
        A.SetXattr("a", "user.colour", "red");
        A.SetXattr("a", "user.peerdrive.comment", "first try");
        await A.FlushAsync();
        var link = A.Look(".peerdrive/history/link/1");
        Assert.Equal((FileKind.SymbolicLink, 8L), (link.Attributes.Kind, link.Attributes.Size));
        Assert.Equal("to/there"u8.ToArray(), A.Drive.ReadTarget(link.Node).Required().Span.ToArray());
        var fifo = A.Look(".peerdrive/history/fifo/1");
        Assert.Equal(FileKind.Fifo, fifo.Attributes.Kind);
        Assert.Equal(ErrorKind.BehindEnd, A.Drive.Open(fifo.Node, Device.Me, FileAccess.Read, false).Error);
        Assert.Equal("red", A.Xattr(".peerdrive/history/a/1", "user.colour"));
        Assert.Equal("first try", A.Xattr(".peerdrive/history/a/1", "user.peerdrive.comment"));
        Assert.Null(A.Xattr(".peerdrive/history/a/1", "user.other"));
        Assert.Equal(new ByteString("user.colour"u8), Assert.Single(A.Drive.ListXattrs(A.Look(".peerdrive/history/a/1").Node).Required()));
    }

    [Fact]
    public async Task Who_may_not_read_a_file_may_not_look_into_its_history()
    {
        A.Write("a", "one");
        A.Drive.SetAttributes(A.Look("a").Node, Device.Me, new AttributeChanges(Permissions: 0x180));
        await A.FlushAsync();
        Assert.Equal(0x1C0u, A.Look(".peerdrive/history/a").Attributes.Permissions);
    }

    [Fact]
    public async Task Content_that_is_not_here_cannot_be_read_and_says_which()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var other = await AnotherAsync();
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = A.Committed("a")!.Shown!.Value.Content };
        await other.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("a"), state));
        var file = other.Open(".peerdrive/history/a/1", FileAccess.Read);
        var failure = Assert.Throws<PeerDriveException>(() => file.Text());
        Assert.Equal(ErrorKind.NotHere, failure.Kind);
        Assert.Contains(other.Committed("a")!.Shown!.Value.Id.ToHex()[..12], failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, other.Look(".peerdrive/history/a/1").Attributes.Size);
    }
}
