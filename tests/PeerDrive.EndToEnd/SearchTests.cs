using System.Diagnostics;
using System.Text.Json;
using PeerDrive.Client;
using PeerDrive.EndToEnd.Mounts;

namespace PeerDrive.EndToEnd;

/// <summary>Search on two devices: by command, API and mount.</summary>
[Trait("speed", "slow")]
public sealed class SearchTests
{
    [Fact]
    public async Task What_one_device_tags_the_other_finds_by_command_api_and_an_open_folder_of_the_mount()
    {
        await using var a = await MountedNode.TryStartAsync();
        if (a is null) return;
        await using var b = await MountedNode.StartAsync();
        await b.Node.JoinAsync(await a.Node.InviteAsync(), Path.Combine(b.Outside, "linked"));
        a.Sh("mkdir \"$M/docs\"; echo 'sand, sea and sun' > \"$M/docs/beach.txt\"; echo x > \"$M/photo.jpg\"; echo 'nothing of it' > \"$M/other.txt\"");
        await a.CommittedAsync();
        foreach (var node in new[] { a.Node, b.Node })
        {
            await UntilAsync(node, "beach", "/docs/beach.txt");
            await UntilAsync(node, "\"sea and sun\"", "/docs/beach.txt");
            await UntilAsync(node, "type:image or name:oth*", "/other.txt /photo.jpg");
            await UntilAsync(node, "in:/docs type:file", "/docs/beach.txt");
            await UntilAsync(node, "by:nobody", "");
        }
        var table = Run(b.Node.Home, 0, "find", "sea");
        Assert.Contains("beach.txt", table);
        Assert.Contains("Files:/docs", table);
        Assert.Contains("sand, sea and sun", table);
        Assert.Contains("Files:/docs/beach.txt", Run(b.Node.Home, 0, "find", "sea", "Files", "--long"));
        Assert.Equal("Nothing matches.\n", Run(b.Node.Home, 0, "find", "tag:holiday"));
        using (var json = JsonDocument.Parse(Run(b.Node.Home, 0, "find", "type:text", "--limit", "1", "--json")))
        {
            Assert.Equal(2, json.RootElement.GetProperty("total").GetInt64());
            Assert.Equal(1, json.RootElement.GetProperty("matches").GetArrayLength());
        }
        var refused = Run(b.Node.Home, 2, "find", "holiday is:odd");
        Assert.Contains("\n  holiday is:odd\n             ^^^", refused);
        var first = await b.Node.Client.SearchAsync("type:file", [], null, 2, false, CancellationToken.None);
        var second = await b.Node.Client.SearchAsync("type:file", ["Files"], first.Next, 2, false, CancellationToken.None);
        Assert.Equal((3L, 2, 1), (first.Total, first.Matches.Count, second.Matches.Count));
        Assert.Null(second.Next);
        await UntilTypedAsync(b.Node, "phot", "/photo.jpg");
        Assert.Equal("Invalid", (await Assert.ThrowsAsync<PeerDriveProblemException>(() => b.Node.Client.SearchAsync("(", [], null, 2, false, CancellationToken.None))).Problem.Kind);

        // B holds the folder of a query open while A tags, and while A takes the tag away again.
        var folder = Path.Combine(b.Files, ".peerdrive", "search", "tag:holiday");
        using var watcher = Watch(folder);
        Assert.Equal("", await NextAsync(watcher));
        a.Sh("python3 -c \"import os, sys; os.setxattr(sys.argv[1], 'user.xdg.tags', b'sea,holiday')\" \"$M/photo.jpg\"");
        Assert.Equal("photo.jpg", await NextAsync(watcher));
        Assert.Equal("x\n", b.Sh($"cat '{folder}/photo.jpg'"));
        await UntilAsync(b.Node, "tag:holiday", "/photo.jpg");
        a.Sh("python3 -c \"import os, sys; os.setxattr(sys.argv[1], 'user.xdg.tags', b'sea')\" \"$M/photo.jpg\"");
        Assert.Equal("", await NextAsync(watcher));
        watcher.StandardInput.Close();
        await watcher.WaitForExitAsync();
        Assert.Equal("beach.txt\n", b.Sh($"ls '{b.Files}/.peerdrive/search/in:%2Fdocs type:file'"));

        // A saved query is a document: made on one device, run on the other.
        Assert.Equal("Saved as Files:/docs/Texts.query\n", Run(a.Node.Home, 0, "find", "--save", "/docs/Texts", "type:text and not beach"));
        await UntilAsync(b.Node, "type:query", "/docs/Texts.query");
        await b.Node.UntilAsync("the saved query", _ => Run(b.Node.Home, 0, "find", "--saved").Contains("type:text -beach", StringComparison.Ordinal));
        Assert.Contains("Files:/docs/Texts.query", Run(b.Node.Home, 0, "find", "--saved"));
        Assert.Contains("other.txt", Run(b.Node.Home, 0, "find", "--run", "Files:/docs/Texts.query"));
        Assert.Equal("docs%2FTexts.query\n", b.Sh($"ls '{b.Files}/.peerdrive/search'"));
        Assert.Equal("other.txt\n", b.Sh($"ls '{b.Files}/.peerdrive/search/docs%2FTexts.query'"));
        Assert.Equal("type:text -beach\n", b.Sh($"cat '{b.Files}/docs/Texts.query'"));
        await b.CheckIsCleanAsync();
    }

    [Fact]
    public async Task An_index_that_was_deleted_is_made_again_and_what_came_meanwhile_is_found()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        for (var i = 0; i < 300; i++) File.WriteAllText(Path.Combine(source, $"note {i}.txt"), $"number{i} of many");
        await using var node = await RunningNode.StartAsync(directories.Path("A"), "--link", source, "--no-mount");
        await node.QuietAsync(300);
        await UntilAsync(node, "number77", "/note 77.txt");
        await node.StopAsync();
        foreach (var file in Directory.EnumerateFiles(directories.Path("A"), "search.db*", SearchOption.AllDirectories)) File.Delete(file);
        File.WriteAllText(Path.Combine(source, "late.txt"), "number301");
        await node.RestartAsync();
        await UntilAsync(node, "number77 or number301", "/late.txt /note 77.txt");
        Assert.Equal(301, (await node.Client.SearchAsync("type:text", [], null, 10, false, CancellationToken.None)).Total);
    }

    /// <summary>A program that keeps a directory open, and tells a line whenever its names have changed.</summary>
    private static Process Watch(string folder)
    {
        const string script = """
            import os, select, sys
            fd, last = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECTORY), None
            while True:
                os.lseek(fd, 0, os.SEEK_SET)
                names = " ".join(sorted(os.listdir(fd)))
                if names != last: print(names, flush=True)
                last = names
                if select.select([sys.stdin], [], [], 0.05)[0]: break
            """;
        return Process.Start(new ProcessStartInfo("python3", ["-c", script, folder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }

    private static async Task<string?> NextAsync(Process watcher) => await watcher.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));

    private static Task UntilAsync(RunningNode node, string query, string paths) => UntilAsync(node, query, paths, isTyping: false);

    private static Task UntilTypedAsync(RunningNode node, string query, string paths) => UntilAsync(node, query, paths, isTyping: true);

    private static async Task UntilAsync(RunningNode node, string query, string paths, bool isTyping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var started = Stopwatch.StartNew();
        string found;
        while ((found = string.Join(' ', (await node.Client.SearchAsync(query, [], null, 100, isTyping, CancellationToken.None)).Matches.Select(match => match.Entry.Path).Order(StringComparer.Ordinal))) != paths)
        {
            if (started.Elapsed > TimeSpan.FromMinutes(2)) Assert.Fail($"'{query}' finds {found} and not {paths}\n{node.Log()}");
            await timer.WaitForNextTickAsync();
        }
    }

    private static string Run(string home, int exit, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(RunningNode.Repository, "peerdrive"), [.. arguments, "--home", home]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == exit, $"{string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{errors.Result}");
        return output + errors.Result;
    }
}
