using System.Text;
using PeerDrive.FileSystem.Common;
using PeerDrive.FileSystem.Handles;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Revisions;
using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests.Common;

public sealed class CommonMountTests : CommonFixture
{
    [Fact]
    public async Task The_common_tree_is_a_folder_beside_the_volumes_while_there_is_one()
    {
        var b = await AnotherAsync();
        await PutAsync(A, ("movies/KillBill", "k"));
        await PutAsync(b, ("TheMatrix", "m"));
        Assert.Equal(["test"], Lines(A.Drive.Root));
        Assert.Equal(ErrorKind.NotFound, A.Drive.LookUp(A.Drive.Root, "Common"u8).Error);
        await ShowAsync(b);
        Assert.Contains(A.Notices, notice => notice == (A.Drive.Root, "Common"));
        Assert.Equal(["Common", "test"], Lines(A.Drive.Root));
        Assert.Equal(["test"], Lines(Look("Common").Node));
        Assert.Equal(["KillBill", "TheMatrix"], Lines(Look("Common/test/movies").Node));
        Assert.Equal(("k", "m"), (Read("Common/test/movies/KillBill"), Read("Common/test/movies/TheMatrix")));
        await A.Drive.ShowCommonAsync([]);
        Assert.Equal(["test"], Lines(A.Drive.Root));
        Assert.Equal(ErrorKind.NotFound, A.Drive.LookUp(A.Drive.Root, "Common"u8).Error);
    }

    [Fact]
    public async Task Nothing_of_it_can_be_changed_and_nobody_gives_out_rights_by_it()
    {
        var b = await AnotherAsync();
        await PutAsync(b, ("tool", "set-user and set-group, for all to write"));
        await ShowAsync(b);
        var folder = Look("Common/test/movies");
        var tool = Look("Common/test/movies/tool");
        Assert.Equal((0x16Du, FileKind.Folder), (folder.Attributes.Permissions, folder.Attributes.Kind));
        Assert.Equal((0x16Du, Device.Me.Uid, Device.Me.Gid), (tool.Attributes.Permissions, tool.Attributes.Uid, tool.Attributes.Gid));
        Assert.False(tool.IsNameLasting);
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.Open(tool.Node, Device.Me, FileAccess.ReadWrite, truncates: false).Error);
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.Open(tool.Node, Device.Me, FileAccess.Read, truncates: true).Error);
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.Create(folder.Node, Device.Me, "new"u8, 0x1A4, FileAccess.Write, isExclusive: true).Error);
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.Make(folder.Node, Device.Me, "new"u8, new NewNode(DocumentKind.Folder, 0x1ED)).Error);
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.Unlink(folder.Node, "tool"u8));
        Assert.Equal(ErrorKind.ReadOnly, A.Drive.Rename(folder.Node, "tool"u8, A.Drive.Root, "tool"u8, RenameKind.Replace));
        Assert.Equal(ErrorKind.Invalid, A.Drive.LookUp(folder.Node, ".."u8).Error);
    }

    [Fact]
    public async Task What_is_committed_shows_in_folders_that_are_known_and_an_open_file_keeps_its_bytes()
    {
        var b = await AnotherAsync();
        await PutAsync(b, ("one", "1"));
        await ShowAsync(b);
        var folder = Look("Common/test/movies");
        var first = Look("Common/test/movies/one");
        var open = A.Drive.Open(first.Node, Device.Me, FileAccess.Read, truncates: false).Required();
        await PutAsync(b, ("one", "changed"), ("two", "2"));
        Assert.Equal(["one", "two"], Lines(folder.Node));
        Assert.Equal(("1", "changed"), (open.Text(), Read("Common/test/movies/one")));
        open.Release();
        // Another state is another node, so that what the kernel keeps of the first is never taken for it.
        Assert.NotEqual(first.Node, Look("Common/test/movies/one").Node);
        await ShowAsync();
        Assert.Equal(ErrorKind.NotFound, A.Drive.LookUp(Look("Common/test").Node, "movies"u8).Error);
    }

    [Fact]
    public async Task Nodes_are_forgotten_when_the_kernel_gives_them_back()
    {
        var b = await AnotherAsync();
        await PutAsync(b, ("one", "1"));
        await ShowAsync(b);
        var before = A.Drive.NodeCount;
        foreach (var path in new[] { "Common", "Common/test", "Common/test/movies", "Common/test/movies/one" })
        {
            var first = Look(path, isKept: false);
            Assert.Equal(first.Attributes.Inode, Look(path, isKept: false).Attributes.Inode);
        }
        Assert.Equal(before, A.Drive.NodeCount);
    }

    [Fact]
    public async Task A_volume_of_its_name_keeps_it()
    {
        var b = await AnotherAsync();
        await b.Volume.CommitAsync(edit => edit.Administer(new PeerDrive.Model.Changesets.Operation.Setting(Storage.Volumes.VolumeSettings.Name, "Common")), PeerDrive.Model.Members.Role.Owner);
        await A.Drive.ShowAsync([A.Volume, b.Volume]);
        await ShowAsync(b);
        Assert.Equal(["Common", "Common (offers)", "test"], Lines(A.Drive.Root));
        await A.Drive.ShowAsync([A.Volume]);
        Assert.Equal(["Common", "test"], Lines(A.Drive.Root));
    }

    private Task ShowAsync(params Device[] offers) => A.Drive.ShowCommonAsync(
        [new CommonView(A.Volume.Id, A.Volume.Name, [Source(A, "test"), .. offers.Select(offer => Source(offer, "Bob", "movies"))])]);

    private NodeView Look(string path, bool isKept = true)
    {
        var passed = new List<ulong>();
        var node = A.Drive.Root;
        var view = default(NodeView);
        foreach (var part in path.Split('/'))
        {
            view = A.Drive.LookUp(node, Encoding.UTF8.GetBytes(part)).Required();
            passed.Add(node = view.Node);
        }
        if (!isKept) passed.ForEach(each => A.Drive.Forget(each, 1));
        return view;
    }

    private string[] Lines(ulong folder) => [.. A.Drive.OpenFolder(folder).Required().Lines.Select(line => line.Name.ToString()).Order(StringComparer.Ordinal)];

    private string Read(string path)
    {
        var file = A.Drive.Open(Look(path).Node, Device.Me, FileAccess.Read, truncates: false).Required();
        var text = file.Text();
        file.Release();
        return text;
    }
}
