using System.Text.Json;
using PeerDrive.Client.Contracts;
using PeerDrive.EndToEnd.Mounts;

namespace PeerDrive.EndToEnd;

/// <summary>Tags, ratings and comments of desktops travel; who sets them does not matter: a file manager, the mount, the command line.</summary>
public class AnnotationTests
{
    [Fact]
    public async Task What_a_file_manager_sets_in_a_linked_folder_shows_on_the_other_device_and_back()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        await File.WriteAllTextAsync(Path.Combine(source, "f.txt"), "text\n");
        Directory.CreateDirectory(Path.Combine(source, "folder"));
        await using var pair = await Pair.StartAsync(directories, source, 1);
        var (file, copy) = (Path.Combine(source, "f.txt"), Path.Combine(pair.Target, "f.txt"));
        Set(file, "user.xdg.tags", "holiday,beach");
        Set(file, "user.baloo.rating", "8");
        Set(file, "user.xdg.comment", "the last day");
        Set(file, "user.peerdrive.colour", "blue");
        Set(file, "user.other", "stays");
        Set(Path.Combine(source, "folder"), "user.xdg.tags", "work");
        await pair.UntilAsync("attributes on b", () =>
            Get(copy, "user.xdg.tags") == "beach,holiday" && Get(copy, "user.baloo.rating") == "8" && Get(copy, "user.xdg.comment") == "the last day" && Get(copy, "user.peerdrive.colour") == "blue"
            && Get(copy, "user.other") == "stays" && Get(Path.Combine(pair.Target, "folder"), "user.xdg.tags") == "work");
        Assert.Equal("beach\nholiday\n", Cli(pair.B, "tag", "source:/f.txt"));
        var fields = JsonSerializer.Deserialize<JsonElement>(Cli(pair.B, "fields", "source:/f.txt", "--json")).GetProperty("fields").EnumerateArray()
            .Select(field => $"{field.GetProperty("name")} {field.GetProperty("type")} {field.GetProperty("text")}");
        Assert.Equal(["colour text blue", "comment text the last day", "rating number 8", "tags set beach,holiday"], fields);

        // And the other way round: from the command line of one device into the directory of the other.
        Assert.Equal("beach\nbest\n", Cli(pair.B, "tag", "source:/f.txt", "--add", "best", "--remove", "holiday"));
        Assert.Contains("4.5 of 5", Cli(pair.B, "rate", "source:/f.txt", "4.5"), StringComparison.Ordinal);
        Cli(pair.B, "annotate", "source:/f.txt", "title=Beach", "--unset", "colour");
        await pair.UntilAsync("attributes on a", () =>
            Get(file, "user.xdg.tags") == "beach,best" && Get(file, "user.baloo.rating") == "9" && Get(file, "user.peerdrive.title") == "Beach" && Get(file, "user.peerdrive.colour") == "" && Get(file, "user.other") == "stays");
        Cli(pair.B, "rate", "source:/f.txt", "none");
        await pair.UntilAsync("no rating on a", () => Get(file, "user.baloo.rating") == "");
        Assert.Contains("title", Cli(pair.A, "fields", "source:/f.txt"), StringComparison.Ordinal);
        Assert.Contains("beach,best", Cli(pair.A, "ls", "source", "--fields", "tags,title"), StringComparison.Ordinal);
        Assert.Contains("half stars", Cli(pair.A, "annotate", "source:/f.txt", "rating=99"), StringComparison.Ordinal);
        Assert.Equal("text\n", await File.ReadAllTextAsync(copy));
    }

    [Fact]
    public async Task Tags_that_two_offline_devices_set_are_all_kept()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        await File.WriteAllTextAsync(Path.Combine(source, "f.txt"), "text\n");
        await using var pair = await Pair.StartAsync(directories, source, 1);
        var (file, copy) = (Path.Combine(source, "f.txt"), Path.Combine(pair.Target, "f.txt"));
        Set(file, "user.xdg.tags", "common,draft");
        await pair.UntilAsync("the first tags on b", () => Get(copy, "user.xdg.tags") == "common,draft");
        await pair.A.StopAsync();
        await pair.B.StopAsync();
        Set(file, "user.xdg.tags", "common,draft,holiday");
        Set(copy, "user.xdg.tags", "common,beach");
        Set(copy, "user.baloo.rating", "6");
        await pair.A.RestartAsync();
        await pair.B.RestartAsync();
        await pair.UntilAsync("the tags of both on both", () =>
            Get(file, "user.xdg.tags") == "beach,common,holiday" && Get(copy, "user.xdg.tags") == "beach,common,holiday" && Get(file, "user.baloo.rating") == "6");
        var volume = (await pair.A.Client.VolumesAsync(default))[0].Id;
        Assert.Empty(await pair.A.Client.ConflictsAsync(volume, default));
    }

    [Fact]
    public async Task The_mount_shows_and_takes_annotations_as_attributes_also_those_of_an_old_version()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        mounted.Sh("echo one > $M/f; mkdir $M/d; setfattr -n user.xdg.tags -v holiday,beach $M/f; setfattr -n user.baloo.rating -v 8 $M/f; setfattr -n user.xdg.tags -v work $M/d");
        await mounted.CommittedAsync();
        var client = mounted.Node.Client;
        Assert.Equal(["rating number 8", "tags set beach,holiday"], Lines(await client.FieldsAsync("Files", "/f", null, default)));
        Assert.Equal(["tags set work"], Lines(await client.FieldsAsync("Files", "/d", null, default)));
        var old = (await client.FieldsAsync("Files", "/f", null, default)).Revision;

        await client.AnnotateAsync("Files", new AnnotateRequest(["/f"]) { Add = [new FieldEdit("tags", "best")], Set = [new FieldEdit("comment", "good"), new FieldEdit("budget", "1.5") { Type = "number" }], Unset = ["rating"] }, default);
        await client.AnnotateAsync("Files", new AnnotateRequest(["/d"]) { Set = [new FieldEdit("title", "Work")] }, default);
        Assert.Equal("beach,best,holiday good 1.5 Work\n", mounted.Sh("echo $(getfattr --absolute-names --only-values -n user.xdg.tags $M/f) $(getfattr --absolute-names --only-values -n user.xdg.comment $M/f) $(getfattr --absolute-names --only-values -n user.peerdrive.budget $M/f) $(getfattr --absolute-names --only-values -n user.peerdrive.title $M/d)"));
        Assert.Equal("user.peerdrive.budget user.xdg.comment user.xdg.tags\n", mounted.Sh("getfattr --absolute-names $M/f | grep user | sort | tr '\\n' ' ' | sed 's/ $/\\n/'"));
        Assert.Equal("8", mounted.Sh($"getfattr --absolute-names --only-values -n user.baloo.rating $M/.peerdrive/rev/{old}"));
        Assert.Contains("No such attribute", mounted.Sh("getfattr --absolute-names -n user.baloo.rating $M/f", mayFail: true), StringComparison.Ordinal);

        // A type that was known stays, and what is no rating is kept as the bytes that it is.
        mounted.Sh("setfattr -n user.peerdrive.budget -v 2 $M/f; setfattr -n user.baloo.rating -v 99 $M/f; setfattr -x user.xdg.comment $M/f");
        await mounted.CommittedAsync();
        Assert.Equal(["budget number 2", "tags set beach,best,holiday"], Lines(await client.FieldsAsync("Files", "/f", null, default)));
        Assert.Equal("99", mounted.Sh("getfattr --absolute-names --only-values -n user.baloo.rating $M/f"));

        // What is saved by a new file that replaces the old one keeps them.
        mounted.Sh("echo two > $M/f.new; mv $M/f.new $M/f");
        await mounted.CommittedAsync();
        Assert.Equal(["budget number 2", "tags set beach,best,holiday"], Lines(await client.FieldsAsync("Files", "/f", null, default)));
        await mounted.CheckIsCleanAsync();
    }

    private static IEnumerable<string> Lines(FieldsStatus file) => file.Fields.Where(field => field.Source == "annotation").Select(field => $"{field.Name} {field.Type} {field.Text}");

    private static void Set(string path, string name, string value) => Assert.Equal("", Directories.Run("setfattr", "-n", name, "-v", value, path));

    /// <summary>Empty: it has none.</summary>
    private static string Get(string path, string name)
    {
        var value = Directories.Run("getfattr", "--absolute-names", "--only-values", "-n", name, path);
        return value.Contains("No such attribute", StringComparison.Ordinal) ? "" : value;
    }

    private static string Cli(RunningNode node, params string[] arguments) => Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), [.. arguments, "--home", node.Home]);
}
