using System.Text;
using PeerDrive.FileSystem.Common;
using PeerDrive.Model.Revisions;

namespace PeerDrive.FileSystem.Tests.Common;

public sealed class CommonFolderTests : CommonFixture
{
    [Fact]
    public async Task Folders_of_one_name_are_one_and_owners_are_hidden()
    {
        var b = await AnotherAsync();
        await PutAsync(A, ("movies/KillBill", "k"), ("music/a/one", "1"));
        await PutAsync(b, ("movies/TheMatrix", "m"), ("music/a/two", "2"), ("zoo", "z"));
        var tree = Tree(Source(A, "Ada"), Source(b, "Bob"));
        Assert.Equal(["movies", "music", "zoo"], Names(tree));
        Assert.Equal(["KillBill", "TheMatrix"], Names(Find(tree, "movies")!.Folder!));
        Assert.Equal(["one", "two"], Names(Find(tree, "/music//a/")!.Folder!));
        Assert.Equal(("k", "m", "2"), (Text(tree, "movies/KillBill"), Text(tree, "movies/TheMatrix"), Text(tree, "music/a/two")));
        Assert.Equal(["Bob"], Find(tree, "zoo")!.Copies.Select(copy => copy.Source.Owner));
        Assert.Equal(["Ada", "Bob"], Find(tree, "movies")!.Folder!.Sources.Select(source => source.Owner).Order());
    }

    [Fact]
    public async Task Equal_files_are_one_and_different_ones_are_all_there_and_none_stands_in_for_another()
    {
        var b = await AnotherAsync();
        var c = await AnotherAsync();
        await PutAsync(A, ("same", "x"), ("plan.txt", "ada"), ("two", "1"));
        await PutAsync(b, ("same", "x"), ("plan.txt", "bob"), ("two", "1"));
        await PutAsync(c, ("plan.txt", "cy"), ("two", "2"));
        var sources = new[] { Source(A, "Ada"), Source(b, "Bob"), Source(c, "Cy") };
        var tree = Tree(sources);
        string[] expected = ["plan (Ada).txt", "plan (Bob).txt", "plan (Cy).txt", "same", $"two ({First(A, b)})", "two (Cy)"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Names(tree));
        Assert.Equal(2, Find(tree, "same")!.Copies.Length);
        Assert.Equal(("ada", "bob", "cy"), (Text(tree, "plan (Ada).txt"), Text(tree, "plan (Bob).txt"), Text(tree, "plan (Cy).txt")));
        Assert.Null(Find(tree, "plan.txt"));
        Assert.Null(Find(tree, "two"));
        Assert.Null(Find(tree, "plan (Dan).txt"));
        foreach (var order in new[] { sources, [.. sources.Reverse()], [sources[1], sources[2], sources[0]] }) Assert.Equal(Names(tree), Names(Tree(order)));
        // When they are equal again, or one is gone, the name is plain again.
        await PutAsync(b, ("plan.txt", "ada"));
        await PutAsync(c, ("plan.txt", "ada"));
        Assert.Contains("plan.txt", Names(tree));
        Assert.Null(Find(tree, "plan (Ada).txt"));

        string First(params Device[] devices) => devices.MinBy(device => device.Volume.Id) == A ? "Ada" : "Bob";
    }

    [Fact]
    public async Task Owners_of_one_name_and_files_that_have_the_name_with_the_suffix_are_told_apart_too()
    {
        var b = await AnotherAsync();
        var c = await AnotherAsync();
        var id = A.Volume.Id.ToString();
        await PutAsync(A, ("f.txt", "1"), ("g", "1"));
        await PutAsync(b, ("f.txt", "2"), ("g", "2"), ("g (Ada)", "real"));
        await PutAsync(c, ("f.txt", "3"));
        Assert.Equal(["f (Cy).txt"], Names(Tree(Source(A, "Ada"), Source(b, "Ada"), Source(c, "Cy"))).Where(name => name.StartsWith("f (C", StringComparison.Ordinal)));
        var tree = Tree(Source(A, "Ada"), Source(b, "Ada"), Source(c, "Cy"));
        Assert.Equal("1", Text(tree, $"f (Ada {id[..8]}).txt"));
        Assert.Equal("2", Text(tree, $"f (Ada {b.Volume.Id.ToString()[..8]}).txt"));
        var other = Tree(Source(A, "Ada"), Source(b, "Bob"));
        Assert.Equal(("real", "1", "2"), (Text(other, "g (Ada)"), Text(other, $"g (Ada {id[..8]})"), Text(other, "g (Bob)")));
        // Whoever takes all names on purpose only gets longer ones.
        await PutAsync(b, ($"g (Ada {id[..8]})", "taken"), ($"g (Ada {id})", "taken"));
        Assert.Equal("1", Text(other, $"g (Ada {id} 2)"));
        Assert.Equal(Names(other).Length, Names(other).Distinct().Count());
    }

    [Fact]
    public async Task A_folder_keeps_its_name_against_files()
    {
        var b = await AnotherAsync();
        await PutAsync(A, ("movies/KillBill", "k"));
        await PutAsync(b, ("movies", "a file"));
        var tree = Tree(Source(A, "Ada"), Source(b, "Bob"));
        Assert.Equal(["movies", "movies (Bob)"], Names(tree));
        Assert.Equal(["KillBill"], Names(Find(tree, "movies")!.Folder!));
        Assert.Equal("a file", Text(tree, "movies (Bob)"));
    }

    [Fact]
    public async Task A_source_lies_where_it_is_put_and_merges_with_what_is_there()
    {
        var b = await AnotherAsync();
        await PutAsync(A, ("media/list", "l"), ("media/films/one", "1"));
        await PutAsync(b, ("two", "2"));
        var tree = Tree(Source(A, "Ada"), Source(b, "Bob", "media/films/old"));
        Assert.Equal(["films", "list"], Names(Find(tree, "media")!.Folder!));
        Assert.Equal(["old", "one"], Names(Find(tree, "media/films")!.Folder!));
        Assert.Equal("2", Text(tree, "media/films/old/two"));
        Assert.Null(Find(tree, "media/films/two"));
        Assert.Equal(["a"], Names(Tree(Source(b, "Bob", "a/b/c"))));
    }

    [Fact]
    public async Task Nothing_but_files_folders_and_symbolic_links_is_shown_and_no_path_leads_out()
    {
        var b = await AnotherAsync();
        await PutAsync(A, ("d/f", "x"));
        await MakeAsync(A, "pipe", new RevisionState { Kind = DocumentKind.Fifo });
        await MakeAsync(A, "disk", new RevisionState { Kind = DocumentKind.BlockDevice, DeviceNumber = 1UL << 32 });
        await MakeAsync(A, "link", new RevisionState { Kind = DocumentKind.SymbolicLink, Target = new ByteString("x"u8) });
        await MakeAsync(b, "link", new RevisionState { Kind = DocumentKind.SymbolicLink, Target = new ByteString("x"u8) });
        await MakeAsync(b, "disk", new RevisionState { Kind = DocumentKind.CharacterDevice, DeviceNumber = 1UL << 32 });
        var tree = Tree(Source(A, "Ada"), Source(b, "Bob"));
        Assert.Equal(["d", "link"], Names(tree));
        foreach (var path in new[] { "..", "d/..", "d/../d", "d\0", "d/f/x", "pipe", "disk", "x" }) Assert.Null(tree.Resolve(Encoding.UTF8.GetBytes(path), out var found) ?? (found ? tree.List()[0] : null));
        Assert.Null(tree.Resolve("/."u8, out var isTop));
        Assert.True(isTop);
    }

    [Fact]
    public async Task Ten_thousand_names_are_in_order_each_once_and_each_found()
    {
        const int count = 10_000;
        var b = await AnotherAsync();
        await PutAsync(A, [.. Enumerable.Range(0, count).Select(i => ($"f{i:00000}", "a"))]);
        await PutAsync(b, [.. Enumerable.Range(count / 2, count).Select(i => ($"f{i:00000}", i % 2 == 0 ? "a" : "b"))]);
        var tree = Tree(Source(A, "Ada"), Source(b, "Bob"));
        var names = tree.List().Select(entry => entry.Name).ToList();
        // 5,000 on each side alone, and of those on both half are equal.
        Assert.Equal(count + (count / 4) + (2 * (count / 4)), names.Count);
        Assert.Equal(names.Distinct().Order(), names);
        Assert.All(names, name => Assert.Equal(name, tree.Find(name)!.Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_is_listed_is_what_is_found_in_any_trees(int seed)
    {
        var random = new Random(seed);
        var b = await AnotherAsync();
        var c = await AnotherAsync();
        string[] parts = ["x", "x (Ada)", "x (Bob)", "y.txt", "y (Ada).txt", new string('n', 251) + ".txt"];
        foreach (var device in new[] { A, b, c })
        {
            for (var i = 0; i < 12; i++)
            {
                var path = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => parts[random.Next(parts.Length)]));
                if (Prefixes(path).All(prefix => device.Committed(prefix) is null or { IsFolder: true }) && device.Committed(path) is not { IsFolder: true }) await PutAsync(device, (path, $"{random.Next(3)}"));
            }
        }
        var files = Check(Tree(Source(A, "Ada"), Source(b, "Bob"), Source(c, "Ada", "x")));
        Assert.Equal(new[] { A, b, c }.Sum(device => device.Volume.Reader.Totals().Files), files);

        static IEnumerable<string> Prefixes(string path) => path.Select((letter, i) => (letter, i)).Where(pair => pair.letter == '/').Select(pair => path[..pair.i]);

        static int Check(CommonFolder folder)
        {
            var entries = folder.List();
            Assert.Equal(entries.Select(entry => entry.Name).Distinct().Order(), entries.Select(entry => entry.Name));
            foreach (var entry in entries) Assert.Equal(entry.Copies.Select(copy => copy.Entry.Id), folder.Find(entry.Name)!.Copies.Select(copy => copy.Entry.Id));
            return entries.Sum(entry => entry.Folder is null ? entry.Copies.Length : Check(entry.Folder));
        }
    }
}
