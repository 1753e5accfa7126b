using PeerDrive.Native.Files;

namespace PeerDrive.FileSystem.Tests.Views;

public sealed class SearchTests : DriveFixture
{
    private const string Searches = ".peerdrive/search";

    [Fact]
    public async Task A_query_is_a_folder_of_what_it_finds()
    {
        A.StartSearch();
        A.MakeFolder("docs");
        A.Write("docs/beach.txt", "sand");
        A.Write("note.txt", "a day at the beach");
        A.Write("other.jpg", "x");
        await A.FlushAsync();
        await ShowsAsync($"{Searches}/beach", "beach.txt", "note.txt");
        Assert.Equal("sand", A.Read($"{Searches}/beach/beach.txt"));
        Assert.False(A.Has($"{Searches}/beach/other.jpg"));
        await ShowsAsync($"{Searches}/in:%2Fdocs", "beach.txt");
        await ShowsAsync($"{Searches}/type:image or name:note*", "note.txt", "other.jpg");
        await ShowsAsync($"{Searches}/type:folder", "docs");
        var link = A.Look($"{Searches}/type:folder/docs");
        Assert.Equal(FileKind.SymbolicLink, link.Attributes.Kind);
        Assert.Equal("../../../docs", A.Drive.ReadTarget(link.Node).Required().ToString());
        // What is no query leads nowhere.
        Assert.False(A.Has($"{Searches}/beach ("));
        Assert.False(A.Has($"{Searches}/is:odd"));
        Assert.Empty(A.List(Searches));
    }

    [Fact]
    public async Task A_folder_that_is_open_shows_what_was_tagged_and_what_is_tagged_no_more()
    {
        A.StartSearch();
        A.Write("one", "1");
        A.Write("two", "2");
        await A.FlushAsync();
        Assert.Null(A.SetXattr("one", "user.xdg.tags", "holiday"));
        await A.FlushAsync();
        await ShowsAsync($"{Searches}/tag:holiday", "one");
        var open = A.Drive.OpenFolder(A.Look($"{Searches}/tag:holiday").Node).Required();
        Assert.Equal(["one"], Names());
        Assert.Null(A.SetXattr("two", "user.xdg.tags", "sea,holiday"));
        await A.FlushAsync();
        await Soon.UntilAsync("the tagged file to show", () => Names().SequenceEqual(["one", "two"]));
        Assert.Equal("2", A.Read($"{Searches}/tag:holiday/two"));
        Assert.Null(A.SetXattr("one", "user.xdg.tags", "sea"));
        await A.FlushAsync();
        await Soon.UntilAsync("the other file to go", () => Names().SequenceEqual(["two"]));
        Assert.False(A.Has($"{Searches}/tag:holiday/one"));
        Assert.Null(A.Remove("two"));
        await A.FlushAsync();
        await Soon.UntilAsync("the deleted file to go", () => Names().Length == 0);

        string[] Names()
        {
            open.Rewind();
            return [.. open.Lines.Select(line => line.Name.ToString()).Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public async Task Of_several_files_of_one_name_each_has_its_path()
    {
        A.StartSearch();
        A.MakeFolder("a");
        A.MakeFolder("b");
        A.Write("a/same.txt", "in a");
        A.Write("b/same.txt", "in b");
        A.Write("b/only.txt", "only");
        await A.FlushAsync();
        await ShowsAsync($"{Searches}/type:text", "a%2Fsame.txt", "b%2Fsame.txt", "only.txt");
        Assert.Equal("in b", A.Read($"{Searches}/type:text/b%2Fsame.txt"));
        Assert.Null(A.Remove("a/same.txt"));
        await A.FlushAsync();
        await ShowsAsync($"{Searches}/type:text", "only.txt", "same.txt");
        await ShowsAsync($"{Searches}/type:text is:deleted", "same.txt");
    }

    [Fact]
    public async Task Saved_queries_are_listed_and_follow_their_text()
    {
        A.StartSearch();
        A.MakeFolder("q");
        A.Write("one.txt", "1");
        A.Write("two.jpg", "2");
        A.Write("q/texts.query", "type:text\n");
        A.Write("broken.query", "type:text (");
        await A.FlushAsync();
        await ShowsAsync(Searches, "broken.query", "q%2Ftexts.query");
        await ShowsAsync($"{Searches}/q%2Ftexts.query", "one.txt");
        Assert.Empty(A.List($"{Searches}/broken.query"));
        A.Write("q/texts.query", "type:image");
        await A.FlushAsync();
        await ShowsAsync($"{Searches}/q%2Ftexts.query", "two.jpg");
    }

    private Task ShowsAsync(string folder, params string[] names) =>
        Soon.UntilAsync($"{folder} to show {string.Join(", ", names)}", () => A.List(folder).SequenceEqual(names));
}
