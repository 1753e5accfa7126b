using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>Rehearsals of what people fear: a program that rewrites all they have, and two who wrote at once.</summary>
[Trait("speed", "slow")]
public sealed class RewindTests
{
    [Fact]
    public async Task What_ransomware_did_on_one_device_is_undone_on_all_and_what_another_did_meanwhile_stays()
    {
        var files = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") == "1" ? 5_000 : 500;
        using var directories = new Directories();
        var source = directories.New("source");
        for (var i = 0; i < files; i++)
        {
            var folder = Path.Combine(source, $"folder{i % 20}");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"file{i}.txt"), $"the text of file {i}\n");
        }
        await using var pair = await Pair.StartAsync(directories, source, files);
        var volume = (await pair.A.Client.VolumesAsync(CancellationToken.None))[0].Id;
        await pair.EqualAsync();
        var before = Snapshot(pair.Target);
        var since = TimeProvider.System.GetUtcNow();

        // The attack runs where b has its directory.
        Directories.Run("sh", "-c", """
            cd "$0" && find . -type f -name '*.txt' | while read -r f; do echo "encrypted $f" > "$f"; mv "$f" "$f.locked"; done
            echo pay > README-PAY.txt
            """, pair.Target);
        await pair.UntilAsync("the attack to reach the other device", () => !Directory.EnumerateFiles(source, "file*.txt", SearchOption.AllDirectories).Any()
            && Directory.EnumerateFiles(source, "*.locked", SearchOption.AllDirectories).Count() == files && File.Exists(Path.Combine(source, "README-PAY.txt")));
        await pair.A.UntilAsync("both to be quiet", RunningNode.IsQuiet);
        // Meanwhile somebody works at a.
        File.WriteAllText(Path.Combine(source, "meanwhile.txt"), "written at a\n");
        var kept = Path.Combine(source, "folder0", "file0.txt.locked");
        File.WriteAllText(kept, "rescued by hand\n");
        await pair.UntilAsync("the work to arrive", () => File.Exists(Path.Combine(pair.Target, "meanwhile.txt")) && File.ReadAllText(Path.Combine(pair.Target, "folder0", "file0.txt.locked")) == "rescued by hand\n");

        var dry = await pair.A.Client.RewindAsync(volume, new RewindRequest("/", "b", null, since, null, IsDryRun: true), CancellationToken.None);
        Assert.True(dry.IsDryRun);
        Assert.Contains(dry.Entries, entry => entry is { Action: "delete", Path: "/README-PAY.txt" });
        Assert.Contains(dry.Entries, entry => entry.Action == "keep" && entry.Note == "changed later by a");
        Assert.True(File.Exists(Path.Combine(source, "README-PAY.txt")));
        var rewound = await pair.A.Client.RewindAsync(volume, new RewindRequest("/", "b", null, since, null), CancellationToken.None);
        Assert.Equal(dry.Entries.Count, rewound.Entries.Count);
        Assert.True(rewound.Kept >= 1);
        foreach (var place in new[] { source, pair.Target })
        {
            await pair.UntilAsync($"all to be back in {place}", () =>
            {
                var now = Snapshot(place);
                return now.GetValueOrDefault("meanwhile.txt") == "written at a\n" && !now.ContainsKey("README-PAY.txt")
                    && before.All(file => file.Key == "folder0/file0.txt" || now.GetValueOrDefault(file.Key) == file.Value)
                    && now.Values.Count(text => text == "rescued by hand\n") == 1;
            });
        }
        await pair.EqualAsync();
        Assert.Equal(files + 1, Snapshot(source).Count);
        // The log tells it.
        var log = await pair.B.Client.ChangesAsync(volume, "/", new ChangeFilter(By: "a", Since: since, Limit: 1_000), CancellationToken.None);
        Assert.Contains(log.Changes, change => change.Kind is "restored" or "undeleted" or "moved" or "renamed");
    }

    [Fact]
    public async Task A_conflict_is_seen_in_one_inbox_with_its_base_and_settled_once_for_all()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        foreach (var name in new[] { "tool.txt", "both.txt" }) File.WriteAllText(Path.Combine(source, name), "one\ntwo\nthree\n");
        await using var pair = await Pair.StartAsync(directories, source, 2);
        await pair.EqualAsync();
        var volume = (await pair.A.Client.VolumesAsync(CancellationToken.None))[0];
        await pair.B.StopAsync();
        foreach (var name in new[] { "tool.txt", "both.txt" })
        {
            File.WriteAllText(Path.Combine(source, name), "one\nzwei\nthree\n");
            File.WriteAllText(Path.Combine(pair.Target, name), "one\ndeux\nthree\n");
        }
        await pair.A.UntilAsync("a to have its edits", status => RunningNode.IsQuiet(status) && pair.A.Client.LogAsync(volume.Id, "/both.txt", CancellationToken.None).GetAwaiter().GetResult().Count == 2
            && pair.A.Client.LogAsync(volume.Id, "/tool.txt", CancellationToken.None).GetAwaiter().GetResult().Count == 2);
        await pair.B.RestartAsync();
        foreach (var node in new[] { pair.A, pair.B })
            await node.UntilAsync("two conflicts", status => RunningNode.IsQuiet(status) && node.Client.AllConflictsAsync(CancellationToken.None).GetAwaiter().GetResult().Count == 2);
        var inbox = await pair.A.Client.AllConflictsAsync(CancellationToken.None);
        Assert.All(inbox, conflict => Assert.Equal(volume.Name, conflict.Volume));
        var sides = await pair.A.Client.ConflictAsync(volume.Id, "/tool.txt", CancellationToken.None);
        Assert.Equal(2, sides.Heads.Count);
        Assert.NotNull(sides.Base);
        Assert.Matches("one\n<<<<<<< .\n(zwei|deux)\n\\|{7} base\ntwo\n=======\n(zwei|deux)\n>>>>>>> .\nthree\n", sides.Text);

        var resolved = Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), "resolve", $"{volume.Id}:/tool.txt", "--tool", "cat \"$BASE\" \"$LOCAL\" \"$REMOTE\" > \"$MERGED\"", "--home", pair.A.Home);
        Assert.Contains("no longer in conflict", resolved, StringComparison.Ordinal);
        await pair.B.Client.ResolveAsync(volume.Id, new ResolveRequest("/both.txt", "") { KeepsBoth = true }, CancellationToken.None);
        foreach (var node in new[] { pair.A, pair.B })
            await node.UntilAsync("no conflicts", status => RunningNode.IsQuiet(status) && node.Client.AllConflictsAsync(CancellationToken.None).GetAwaiter().GetResult().Count == 0);
        await pair.EqualAsync();
        Assert.Equal(9, File.ReadAllLines(Path.Combine(source, "tool.txt")).Length);
        Assert.Equal(["one\ndeux\nthree\n", "one\nzwei\nthree\n"], Directory.GetFiles(source, "both*").Select(File.ReadAllText).Order(StringComparer.Ordinal));
        Assert.Single(Directory.GetFiles(source, "both (*).txt"));
    }

    /// <summary>Texts by path, without what a linked folder keeps for itself.</summary>
    private static Dictionary<string, string> Snapshot(string directory) => Directory.EnumerateFiles(directory, "*.*", SearchOption.AllDirectories)
        .Where(file => !Path.GetFileName(file).StartsWith(".pd~", StringComparison.Ordinal)).ToDictionary(file => Path.GetRelativePath(directory, file), ReadText);

    private static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // Being replaced just now: the next look sees it.
            return "";
        }
    }
}
