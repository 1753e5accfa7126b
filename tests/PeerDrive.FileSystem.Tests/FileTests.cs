using System.Text;
using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Tests;

public sealed class FileTests : DriveFixture
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unlinked_file_lives_until_it_is_closed(bool isCommitted)
    {
        A.Write("a", "one");
        if (isCommitted) await A.FlushAsync();
        var file = A.Open("a");
        Assert.Null(A.Remove("a"));
        Assert.False(A.Has("a"));
        await A.FlushAsync();
        file.Put("two and more");
        Assert.Equal("two and more", file.Text());
        Assert.Equal(0u, file.View.Attributes.Links);
        A.Write("a", "another");
        Assert.Null(await file.SyncAsync());
        await A.FlushAsync();
        Assert.Equal("two and more", file.Text());
        Assert.Equal("another", A.Read("a"));
        file.Release();
        A.Forget();
        await A.FlushAsync();
        Assert.Equal("another", A.CommittedText("a"));
        Assert.Empty(Directory.GetFiles(Path.Combine(A.Volume.Folder, "staging")));
    }

    [Fact]
    public async Task A_file_that_was_renamed_over_lives_until_it_is_closed()
    {
        A.Write("a", "old");
        A.Write("b", "new");
        await A.FlushAsync();
        var file = A.Open("a", FileAccess.Read);
        Assert.Null(A.Rename("b", "a"));
        await A.FlushAsync();
        Assert.Equal("old", file.Text());
        Assert.Equal("new", A.Read("a"));
        file.Release();
    }

    [Fact]
    public async Task A_file_without_a_name_gets_one_by_a_link()
    {
        var file = A.Drive.CreateUnnamed(A.Look("").Node, Device.Me, 0x1A4, FileAccess.ReadWrite).Required();
        file.Put("text");
        await A.FlushAsync();
        Assert.Empty(A.List());
        Assert.Null(A.Drive.Link(file.View.Node, A.Look("").Node, "a"u8).Error);
        file.Release();
        await A.FlushAsync();
        Assert.Equal("text", A.CommittedText("a"));
        Assert.Equal(1u, A.Look("a").Attributes.Links);
    }

    [Fact]
    public async Task Cutting_growing_and_holes_read_as_zeros()
    {
        A.Write("a", "0123456789");
        await A.FlushAsync();
        var node = A.Look("a").Node;
        Assert.Null(A.Drive.SetAttributes(node, Device.Me, new AttributeChanges(Size: 4)));
        Assert.Null(A.Drive.SetAttributes(node, Device.Me, new AttributeChanges(Size: 8)));
        Assert.Equal("0123\0\0\0\0", A.Read("a"));
        var file = A.Open("a");
        file.Put("end", 100_000);
        Assert.Null(file.Allocate(Device.Me, 0, 2, AllocationKind.PunchHole));
        Assert.Null(file.Allocate(Device.Me, 0, 200_000, AllocationKind.Keep));
        Assert.Equal(100_003, file.View.Attributes.Size);
        Assert.Null(file.Allocate(Device.Me, 100_000, 100, AllocationKind.Grow));
        Assert.Equal(100_100, file.View.Attributes.Size);
        Assert.Equal(ErrorKind.BehindEnd, file.Seek(100_100, data: true).Error);
        Assert.Equal(100_000, file.Seek(99_990, data: true).Required());
        file.Release();
        await A.FlushAsync();
        Assert.Equal("\0\0" + "23" + new string('\0', 99_996) + "end" + new string('\0', 97), A.CommittedText("a"));
        Assert.Equal(ErrorKind.Invalid, A.Drive.SetAttributes(node, Device.Me, new AttributeChanges(Size: -1)));
        Assert.Equal(ErrorKind.IsAFolder, A.Drive.SetAttributes(A.Look("").Node, Device.Me, new AttributeChanges(Size: 0)));
        Assert.Equal(ErrorKind.LimitExceeded, A.Drive.SetAttributes(node, Device.Me, new AttributeChanges(Size: long.MaxValue)));
    }

    [Fact]
    public void What_was_opened_for_reading_takes_no_writes()
    {
        A.Write("a", "one");
        var file = A.Open("a", FileAccess.Read);
        Assert.Equal(ErrorKind.Forbidden, file.Write(Device.Me, 0, "x"u8));
        Assert.Equal(ErrorKind.Forbidden, file.Allocate(Device.Me, 0, 1, AllocationKind.Grow));
        file.Release();
        file.Release();
        Assert.Equal("one", A.Read("a"));
    }

    [Fact]
    public async Task Extended_attributes_are_set_listed_removed_and_committed()
    {
        A.Write("a", "one");
        var node = A.Look("a").Node;
        Assert.Null(A.SetXattr("a", "user.one", "1"));
        Assert.Equal(ErrorKind.AlreadyExists, A.Drive.SetXattr(node, "user.one"u8, "2"u8, mustBeNew: true, mustExist: false));
        Assert.Equal(ErrorKind.NoAttribute, A.Drive.SetXattr(node, "user.two"u8, "2"u8, mustBeNew: false, mustExist: true));
        Assert.Equal(ErrorKind.NoAttribute, A.Drive.RemoveXattr(node, "user.two"u8));
        Assert.Equal(ErrorKind.Unsupported, A.Drive.SetXattr(node, "system.posix_acl_access"u8, "2"u8, false, false));
        Assert.Equal(ErrorKind.Invalid, A.Drive.SetXattr(node, "user."u8, "2"u8, false, false));
        Assert.Equal(ErrorKind.LimitExceeded, A.Drive.SetXattr(node, "user.big"u8, new byte[64 * 1024 + 1], false, false));
        Assert.Null(A.Drive.SetXattr(node, "user.big"u8, new byte[64 * 1024], false, false));
        Assert.Equal(ErrorKind.NoSpace, A.Drive.SetXattr(node, "user.bigger"u8, new byte[64 * 1024], false, false));
        await A.ReopenAsync();
        node = A.Look("a").Node;
        Assert.Equal("1", A.Xattr("a", "user.one"));
        Assert.Equal(["user.big", "user.one"], A.Drive.ListXattrs(node).Required().Select(name => Encoding.UTF8.GetString(name.Span)));
        Assert.Null(A.Drive.RemoveXattr(node, "user.big"u8));
        Assert.Null(A.Drive.RemoveXattr(node, "user.one"u8));
        await A.ReopenAsync();
        Assert.Empty(A.Drive.ListXattrs(A.Look("a").Node).Required());
        Assert.Equal(ErrorKind.NoAttribute, A.Drive.GetXattr(A.Look("a").Node, "user.one"u8).Error);
    }

    [Fact]
    public async Task A_comment_goes_with_the_next_revision_and_no_further()
    {
        var file = A.Create("a");
        Assert.Null(A.SetXattr("a", "user.peerdrive.comment", "why"));
        Assert.Equal("why", A.Xattr("a", "user.peerdrive.comment"));
        file.Put("one");
        file.Release();
        await A.FlushAsync();
        var shown = A.Committed("a")!.Shown!.Value;
        Assert.Equal("why", A.Volume.Reader.Revision(shown.Id)!.Fields.Comment);
        Assert.Null(A.Xattr("a", "user.peerdrive.comment"));
        A.Write("a", "two");
        await A.FlushAsync();
        Assert.Equal("", A.Volume.Reader.Revision(A.Committed("a")!.Shown!.Value.Id)!.Fields.Comment);
    }

    [Fact]
    public async Task Mode_owner_and_times_are_committed_without_a_new_content()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var content = A.Committed("a")!.Shown!.Value.Content;
        var node = A.Look("a").Node;
        Assert.Null(A.Drive.SetAttributes(node, Device.Me, new AttributeChanges(Permissions: 0x9ED, Mtime: 1_234_567_891)));
        Assert.Equal(0x9EDu, A.Drive.GetAttributes(node).Permissions);
        await A.ReopenAsync();
        Assert.Equal((0x9EDu, 1_234_567_891), (A.Look("a").Attributes.Permissions, A.Look("a").Attributes.Mtime));
        Assert.Equal(content, A.Committed("a")!.Shown!.Value.Content);
        var file = A.Open("a");
        Assert.Null(file.Write(Device.Me with { ClearsPrivileges = true }, 0, "x"u8));
        Assert.Equal(0x1EDu, A.Look("a").Attributes.Permissions);
        file.Release();
        Assert.Equal(ErrorKind.NotPermitted, A.Drive.SetAttributes(A.Look("").Node, Device.Me, new AttributeChanges(Permissions: 0)));
    }

    [Fact]
    public async Task Nothing_is_kept_of_what_the_kernel_has_forgotten()
    {
        A.MakeFolder("f");
        for (var i = 0; i < 100; i++) A.Write($"f/{i}", "text");
        A.Forget();
        await A.FlushAsync();
        await Soon.UntilAsync(() => A.Tree.Pending == 0);
        lock (A.Tree.Gate) Assert.Empty(A.Tree.Kept);
        Assert.Equal(100, A.List("f").Length);
        for (var i = 0; i < 100; i++)
        {
            A.Read($"f/{i}");
            Assert.Null(i % 2 == 0 ? A.Remove($"f/{i}") : A.Rename($"f/{i}", $"f/{i}.moved"));
        }
        A.Forget();
        await A.FlushAsync();
        lock (A.Tree.Gate) Assert.Empty(A.Tree.Kept);
        Assert.Empty(Directory.GetFiles(Path.Combine(A.Volume.Folder, "staging")));
    }
}
