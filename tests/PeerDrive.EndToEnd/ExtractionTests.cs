using System.Diagnostics;
using PeerDrive.Client.Contracts;
using PeerDrive.Testing;

namespace PeerDrive.EndToEnd;

/// <summary>Fields that a node reads out of files, and files that are made to harm whoever does.</summary>
public class ExtractionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task What_a_file_tells_shows_as_fields_and_columns_on_each_device_that_has_the_file()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        var files = SampleFiles.All();
        foreach (var (name, bytes) in files) await File.WriteAllBytesAsync(Path.Combine(source, name), bytes);
        await using var pair = await Pair.StartAsync(directories, source, files.Count);
        await using var lean = await RunningNode.StartAsync(directories.Path("C"), "--name", "c");
        await lean.Client.JoinAsync(new JoinRequest(await pair.A.InviteAsync(), null, "keep") { Policy = "metadata" }, default);
        foreach (var node in new[] { pair.A, pair.B })
        {
            var photo = await UntilReadAsync(node, "/photo.jpg");
            Assert.Equal(("4000", "3000", "Walrus Tusk 5", "2026-03-01T12:30:00Z"), (Of(photo, "width"), Of(photo, "height"), Of(photo, "camera"), Of(photo, "taken")));
            Assert.Equal("number", photo.Fields.First(field => field.Name == "width").Type);
            Assert.Equal("About the walrus", Of(await UntilReadAsync(node, "/letter.eml"), "subject"));
            Assert.Contains("Ada Walker", Of(await UntilReadAsync(node, "/letter.eml"), "from"), StringComparison.Ordinal);
            Assert.Equal("2", Of(await UntilReadAsync(node, "/archive.zip"), "members"));
            Assert.Equal("Song of the walrus", Of(await UntilReadAsync(node, "/song.mp3"), "title"));
            foreach (var name in files.Keys) Assert.Equal((name, "done", null), (name, (await UntilReadAsync(node, "/" + name)).Extraction, (await UntilReadAsync(node, "/" + name)).Problem));
        }
        Assert.Contains("Walrus Tusk 5", Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), "ls", "source", "--fields", "width,camera", "--home", pair.B.Home), StringComparison.Ordinal);
        Assert.Contains("Ada Walker", Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), "ls", "source", "--fields", "from,subject", "--home", pair.B.Home), StringComparison.Ordinal);
        Assert.Contains("duration", Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), "fields", "source:/sound.wav", "--home", pair.A.Home), StringComparison.Ordinal);

        // An annotation hides what the file says in columns, and both are listed. No revision was made by reading.
        Assert.Single(await pair.A.Client.LogAsync("source", "/paper.pdf", default));
        await pair.A.Client.AnnotateAsync("source", new AnnotateRequest(["/paper.pdf"]) { Set = [new FieldEdit("title", "Mine")] }, default);
        Assert.Equal("Mine", (await pair.A.Client.ListAsync("source", "/paper.pdf", false, ["title", "pages"], default))[0].Fields!["title"]);
        Assert.Equal(["Mine", "On walruses"], (await pair.A.Client.FieldsAsync("source", "/paper.pdf", null, default)).Fields.Where(field => field.Name == "title").Select(field => field.Text));

        // Who keeps no contents does without, and shows annotations all the same.
        await UntilAsync("the annotation on c", async () => Of(await lean.Client.FieldsAsync("source", "/paper.pdf", null, default), "title") == "Mine");
        // Contents of up to 1 KiB come beside what tells of them.
        var (largest, content) = files.MaxBy(file => file.Value.Length);
        Assert.InRange(content.Length, 1025, int.MaxValue);
        var there = await lean.Client.FieldsAsync("source", "/" + largest, null, default);
        Assert.Equal(("not here", 0), (there.Extraction, there.Fields.Count));

        // All of it is derived: without the database it is read again.
        await pair.A.StopAsync();
        foreach (var database in Directory.EnumerateFiles(Path.Combine(pair.A.Home, "volumes"), "fields.db*", SearchOption.AllDirectories)) File.Delete(database);
        await pair.A.RestartAsync();
        Assert.Equal("4000", Of(await UntilReadAsync(pair.A, "/photo.jpg"), "width"));
    }

    [Fact]
    public async Task Damaged_files_and_bombs_leave_the_node_running_and_are_stored_and_are_not_tried_for_ever()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        var random = new Random(17);
        var files = SampleFiles.Bombs();
        foreach (var (name, file) in SampleFiles.All())
        {
            for (var i = 0; i < 5; i++) files[$"{i}-{name}"] = SampleFiles.Mutated(file, random);
        }
        foreach (var (name, bytes) in files) await File.WriteAllBytesAsync(Path.Combine(source, name), bytes);
        await using var node = await RunningNode.StartAsync(directories.Path("A"), "--link", source, "--name", "a");
        await node.QuietAsync(files.Count);
        var failed = new List<string>();
        foreach (var (name, bytes) in files)
        {
            var found = bytes.Length == 0 ? null : await UntilReadAsync(node, "/" + name);
            if (found?.Extraction == "failed") failed.Add(name);
            await using var stream = await node.Client.ReadAsync("source", "/" + name, null, default);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.True(bytes.AsSpan().SequenceEqual(copy.ToArray()), name);
        }
        Assert.Contains("laughs.docx", failed);
        Assert.Contains("zip-bomb.docx", failed);

        // What comes afterwards is read as ever, and after a restart a failure is what is known of the file.
        await File.WriteAllBytesAsync(Path.Combine(source, "good.jpg"), SampleFiles.Jpeg(123, 45));
        await UntilAsync("a good file", async () => (await node.Client.ListAsync("source", "/", false, default)).Any(entry => entry.Name == "good.jpg"));
        Assert.Equal("123", Of(await UntilReadAsync(node, "/good.jpg"), "width"));
        await node.StopAsync();
        await node.RestartAsync();
        Assert.Equal("failed", (await node.Client.FieldsAsync("source", "/laughs.docx", null, default)).Extraction);
        Assert.True((await node.Client.CheckAsync("source", rebuild: false, default)).IsClean);
    }

    private static string? Of(FieldsStatus file, string name) => file.Fields.FirstOrDefault(field => field.Name == name)?.Text;

    private static async Task<FieldsStatus> UntilReadAsync(RunningNode node, string path)
    {
        FieldsStatus found = null!;
        await UntilAsync($"{path} to be read", async () => (found = await node.Client.FieldsAsync("source", path, null, default)).Extraction != "waiting");
        return found;
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < Limit, $"waited in vain for {what}");
            await timer.WaitForNextTickAsync();
        }
    }
}
