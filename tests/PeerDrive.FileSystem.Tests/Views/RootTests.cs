using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests.Views;

public sealed class RootTests : DriveFixture
{
    [Fact]
    public void The_views_are_reached_by_name_and_not_listed()
    {
        A.Write("a", "one");
        Assert.Equal(["a"], A.List());
        Assert.Equal(["at", "conflicts", "doc", "history", "rev", "search", "trash"], A.List(".peerdrive"));
        A.MakeFolder("f");
        Assert.False(A.Has("f/.peerdrive"));
        Assert.False(A.Has(".peerdrive/other"));
    }

    [Fact]
    public void Nobody_makes_removes_or_renames_that_name_in_the_top_folder()
    {
        A.Write("a", "one");
        var (top, name) = A.Parts(".peerdrive");
        Assert.Equal(ErrorKind.AlreadyExists, A.Make(".peerdrive", new NewNode(DocumentKind.Folder, 0x1ED)).Error);
        Assert.Equal(ErrorKind.AlreadyExists, A.Drive.Create(top, Device.Me, name, 0x1A4, FileAccess.Write, isExclusive: true).Error);
        Assert.Equal(ErrorKind.IsAFolder, A.Drive.Create(top, Device.Me, name, 0x1A4, FileAccess.Write, isExclusive: false).Error);
        Assert.Equal(ErrorKind.AlreadyExists, A.Link("a", ".peerdrive"));
        Assert.Equal(ErrorKind.IsAFolder, A.Remove(".peerdrive"));
        Assert.Equal(ErrorKind.NotPermitted, A.RemoveFolder(".peerdrive"));
        foreach (var kind in new[] { RenameKind.Replace, RenameKind.Keep, RenameKind.Exchange })
        {
            Assert.Equal(ErrorKind.NotPermitted, A.Rename("a", ".peerdrive", kind));
            Assert.Equal(ErrorKind.NotPermitted, A.Rename(".peerdrive", "b", kind));
        }
        Assert.Null(A.Make("f", new NewNode(DocumentKind.Folder, 0x1ED)).Error);
        Assert.Null(A.Rename("a", "f/.peerdrive"));
        Assert.Equal("one", A.Read("f/.peerdrive"));
    }

    [Fact]
    public async Task Whatever_is_written_is_refused_as_read_only()
    {
        A.Write("a", "one");
        A.Write("b", "two");
        await A.FlushAsync();
        foreach (var path in new[] { ".peerdrive", ".peerdrive/at", ".peerdrive/history", ".peerdrive/history/a", ".peerdrive/trash", ".peerdrive/rev" })
        {
            Assert.Equal(ErrorKind.ReadOnly, A.Make($"{path}/new", new NewNode(DocumentKind.Folder, 0x1ED)).Error);
            var folder = A.Look(path).Node;
            Assert.Equal(ErrorKind.ReadOnly, A.Drive.Create(folder, Device.Me, "new"u8, 0x1A4, FileAccess.Write, isExclusive: false).Error);
            Assert.Equal(ErrorKind.ReadOnly, A.Drive.CreateUnnamed(folder, Device.Me, 0x1A4, FileAccess.Write).Error);
            Assert.Equal(ErrorKind.ReadOnly, A.Rename("b", $"{path}/b"));
            Assert.Equal(ErrorKind.ReadOnly, A.Link("b", $"{path}/b"));
            Assert.Equal(ErrorKind.ReadOnly, A.Drive.SetAttributes(folder, Device.Me, new AttributeChanges(Permissions: 0)));
        }
        var old = A.Look(".peerdrive/history/a/1").Node;
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.Open(old, Device.Me, FileAccess.Write, truncates: false).Error);
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.Open(old, Device.Me, FileAccess.Read, truncates: true).Error);
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.SetAttributes(old, Device.Me, new AttributeChanges(Size: 0)));
        Assert.Equal(ErrorKind.ReadOnly, A.SetXattr(".peerdrive/history/a/1", "user.x", "y"));
        Assert.Equal(ErrorKind.ReadOnly, A.Remove(".peerdrive/history/a/1"));
        Assert.Equal(ErrorKind.ReadOnly, A.Rename(".peerdrive/history/a/1", "back"));
        Assert.Equal(ErrorKind.OtherVolume, A.Link(".peerdrive/history/a/1", "back"));
        Assert.Equal("one", A.Read("a"));
    }

    [Fact]
    public async Task What_came_from_elsewhere_under_that_name_is_not_shown()
    {
        await A.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create(".peerdrive"), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4 }));
        A.Write("a", "one");
        Assert.Equal(["a"], A.List());
        Assert.Equal(FileKind.Folder, A.Look(".peerdrive").Attributes.Kind);
        Assert.Contains("history", A.List(".peerdrive"));
    }

    [Fact]
    public async Task A_node_is_the_same_as_long_as_the_kernel_knows_it_and_nothing_is_kept_after()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var revision = A.Committed("a")!.Shown!.Value.Id.ToHex();
        var tree = A.Look("a").Attributes.Inode;
        var first = A.Look(".peerdrive/history/a/1");
        var moment = A.List(".peerdrive/at")[^1];
        Assert.Equal(first.Node, A.Look($".peerdrive/rev/{revision}").Node);
        Assert.Equal(first.Node, A.Look($".peerdrive/at/{moment}/a").Node);
        Assert.NotEqual(tree, first.Attributes.Inode);
        Assert.Equal(A.Look(".peerdrive/history/a").Node, A.Look(".peerdrive/history/a").Node);
        var folders = new[] { ".peerdrive", ".peerdrive/at", ".peerdrive/history", ".peerdrive/history/a", ".peerdrive/trash", ".peerdrive/conflicts", $".peerdrive/at/{moment}" };
        var inodes = folders.Select(path => A.Look(path).Attributes.Inode).ToList();
        Assert.Equal(folders.Length, inodes.Distinct().Count());
        A.Forget();
        Assert.Equal(0, A.Tree.Views.NodeCount);
        Assert.Equal(first.Attributes.Inode, A.Look(".peerdrive/history/a/1").Attributes.Inode);
        Assert.Equal(inodes, folders.Select(path => A.Look(path).Attributes.Inode));
        await A.ReopenAsync();
        Assert.Equal(inodes, folders.Select(path => A.Look(path).Attributes.Inode));
    }

    [Fact]
    public async Task The_kernel_may_remember_only_what_never_changes()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var moment = A.List(".peerdrive/at")[^1];
        Assert.True(A.Look(".peerdrive").IsNameLasting);
        Assert.True(A.Look(".peerdrive/history").IsNameLasting);
        Assert.False(A.Look(".peerdrive/history").Attributes.IsLasting && A.Look(".peerdrive/history/a").Attributes.IsLasting);
        Assert.False(A.Look($".peerdrive/at/{moment}").IsNameLasting);
        Assert.False(A.Look($".peerdrive/at/{moment}/a").IsNameLasting);
        Assert.True(A.Look($".peerdrive/at/{A.Committed("a")!.Shown!.Value.Id.ToHex()}/a").IsNameLasting);
        Assert.True(A.Look(".peerdrive/history/a/1").Attributes.IsLasting);
        Assert.False(A.Drive.HasLastingNames(A.Look(".peerdrive/trash").Node));
        Assert.True(A.Drive.HasLastingNames(A.Look("").Node));
    }
}
