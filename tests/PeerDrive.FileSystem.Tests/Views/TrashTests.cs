using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests.Views;

public sealed class TrashTests : DriveFixture
{
    private const string Trash = ".peerdrive/trash";

    [Fact]
    public async Task A_deleted_file_is_found_under_where_it_was_and_when_it_went()
    {
        A.MakeFolder("docs");
        A.Write("docs/letter.txt", "dear");
        await A.FlushAsync();
        Assert.Empty(A.List(Trash));
        A.Remove("docs/letter.txt");
        await A.FlushAsync();
        var name = Assert.Single(A.List(Trash));
        Assert.Matches(@"^docs%2Fletter \(deleted \d{4}-\d\d-\d\d_\d\d-\d\d-\d\d [0-9a-f]{8}\)\.txt$", name);
        Assert.Equal("dear", A.Read($"{Trash}/{name}"));
        Assert.False(A.Has($"{Trash}/{name}x"));
        Assert.False(A.Has($"{Trash}/letter{name["docs%2Fletter".Length..]}"));
    }

    [Fact]
    public async Task A_deleted_folder_holds_what_was_deleted_in_it()
    {
        A.MakeFolder("f");
        A.MakeFolder("f/g");
        A.Write("f/a", "one");
        A.Write("f/g/b", "two");
        await A.FlushAsync();
        foreach (var path in new[] { "f/a", "f/g/b" }) A.Remove(path);
        foreach (var path in new[] { "f/g", "f" }) A.RemoveFolder(path);
        await A.FlushAsync();
        var name = Assert.Single(A.List(Trash));
        Assert.StartsWith("f (deleted ", name);
        Assert.Equal(FileKind.Folder, A.Look($"{Trash}/{name}").Attributes.Kind);
        Assert.Equal(["a", "g"], A.List($"{Trash}/{name}"));
        Assert.Equal("one", A.Read($"{Trash}/{name}/a"));
        Assert.Equal("two", A.Read($"{Trash}/{name}/g/b"));
        Assert.False(A.Has($"{Trash}/{name}/b"));
    }

    [Fact]
    public async Task Entries_of_one_name_stay_apart()
    {
        A.MakeFolder("f");
        A.Write("f/a", "one");
        A.Write("other", "two");
        await A.FlushAsync();
        A.Remove("f/a");
        await A.FlushAsync();
        A.Rename("other", "f/a");
        await A.FlushAsync();
        A.Remove("f/a");
        await A.FlushAsync();
        var both = A.List(Trash);
        Assert.Equal(2, both.Length);
        Assert.Equal(["one", "two"], both.Select(name => A.Read($"{Trash}/{name}")).Order());
        A.RemoveFolder("f");
        await A.FlushAsync();
        var folder = Assert.Single(A.List(Trash));
        var inside = A.List($"{Trash}/{folder}");
        Assert.Equal(2, inside.Length);
        Assert.All(inside, name => Assert.StartsWith("a (deleted ", name));
        Assert.Equal(["one", "two"], inside.Select(name => A.Read($"{Trash}/{folder}/{name}")).Order());
        Assert.False(A.Has($"{Trash}/{folder}/a"));
    }

    [Fact]
    public async Task What_is_brought_back_leaves_the_trash()
    {
        A.Write("a", "one");
        await A.FlushAsync();
        var entry = A.Committed("a")!.Id;
        A.Remove("a");
        await A.FlushAsync();
        var name = Assert.Single(A.List(Trash));
        await A.Volume.CommitAsync(edit => edit.Undelete(entry));
        Assert.Empty(A.List(Trash));
        Assert.False(A.Has($"{Trash}/{name}"));
    }

    [Fact]
    public async Task Names_that_are_long_or_odd_are_shown_so_that_they_can_be_opened()
    {
        var parts = new[] { new string('ä', 100), new string('b', 200), "c%2Fd\ne\\", new string('x', 240) + ".txt" };
        for (var i = 0; i < parts.Length - 1; i++) A.MakeFolder(string.Join('/', parts[..(i + 1)]));
        var path = string.Join('/', parts);
        A.Write(path, "deep");
        A.Write($"{parts[0]}/{parts[1]}/{parts[2]}/100%", "percent");
        await A.FlushAsync();
        A.Remove(path);
        A.Remove($"{parts[0]}/{parts[1]}/{parts[2]}/100%");
        await A.FlushAsync();
        var folder = A.Drive.OpenFolder(A.Look(Trash).Node).Required();
        Assert.Equal(2, folder.Lines.Count);
        var texts = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var listed = folder.LookUp(i)!.Value;
            var named = A.Drive.LookUp(A.Look(Trash).Node, folder.Lines[i].Name.Bytes).Required();
            Assert.Equal(listed.Node, named.Node);
            texts.Add(A.Drive.Open(named.Node, Device.Me, FileAccess.Read, false).Required().Text());
        }
        Assert.Equal(["deep", "percent"], texts.Order());
    }
}
