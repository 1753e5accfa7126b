using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>A backup as a rule into a volume that another device holds, and the way back from it, by the commands of a person.</summary>
[Trait("speed", "slow")]
public sealed class BackupTests
{
    [Fact]
    public async Task A_destroyed_volume_comes_back_from_its_backup_with_every_version()
    {
        using var directories = new Directories();
        var work = directories.New("Work");
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--name", "b", "--no-mount");
        string[] texts = ["first\n", "second\n", "third\n"];
        var big = new byte[3_000_000];
        new Random(5).NextBytes(big);
        await using (var a = await RunningNode.StartAsync(directories.Path("a"), "--link", work, "--name", "a", "--no-mount"))
        {
            Cli(a, "volume", "create", "Backup");
            Cli(b, "join", Cli(a, "invite", "Backup").Trim());
            Cli(a, "rule", "add", "Work", "Backup:/work");
            Directory.CreateDirectory(Path.Combine(work, "docs"));
            File.WriteAllBytes(Path.Combine(work, "docs", "big.bin"), big);
            foreach (var text in texts)
            {
                File.WriteAllText(Path.Combine(work, "docs", "plan.txt"), text);
                await UntilTextAsync(b, text);
            }
            File.WriteAllText(Path.Combine(work, "docs", "gone.txt"), "deleted by mistake\n");
            await b.UntilAsync("the third file", status => status.Volumes is [{ Files: 3, MissingContents: 0 }]);
            File.Delete(Path.Combine(work, "docs", "gone.txt"));
            await a.UntilAsync("the delete", status => status.Volumes.Single(volume => volume.Name == "Work").Files == 2);
            a.Kill();
        }
        // The device is lost, with all that was on it.
        Directory.Delete(directories.Path("a"), recursive: true);
        Directory.Delete(work, recursive: true);

        var log = await b.Client.LogAsync("Backup", "/work/docs/plan.txt", CancellationToken.None);
        Assert.Equal(texts.Reverse(), log.Select(revision => Cli(b, "cat", "Backup:/work/docs/plan.txt", "--revision", revision.Revision)));
        Assert.Equal("deleted by mistake\n", Cli(b, "cat", "Backup:/work/docs/gone.txt"));

        // Back on a new device: the same documents, with all their versions.
        Cli(b, "volume", "create", "Work");
        Cli(b, "replicate", "Backup:/work/docs", "Work:/");
        var again = directories.New("again");
        await using var c = await RunningNode.StartAsync(directories.Path("c"), "--name", "c", "--no-mount");
        Cli(c, "join", Cli(b, "invite", "Work").Trim(), "--folder", again);
        await c.UntilAsync("all of the volume", status => status.Volumes is [{ Files: 3, MissingContents: 0, AbsentContents: 0 }] && File.Exists(Path.Combine(again, "docs", "gone.txt")) && File.Exists(Path.Combine(again, "docs", "big.bin")));
        Assert.Equal(big, File.ReadAllBytes(Path.Combine(again, "docs", "big.bin")));
        Assert.Equal("third\n", File.ReadAllText(Path.Combine(again, "docs", "plan.txt")));
        var restored = await c.Client.LogAsync("Work", "/docs/plan.txt", CancellationToken.None);
        Assert.Equal(log.Select(revision => revision.Revision), restored.Select(revision => revision.Revision));
        Assert.Equal(texts.Reverse(), restored.Select(revision => Cli(c, "cat", "Work:/docs/plan.txt", "--revision", revision.Revision)));
        foreach (var node in new[] { b, c })
        {
            foreach (var volume in await node.Client.VolumesAsync(CancellationToken.None)) Assert.True((await node.Client.CheckAsync(volume.Id, false, CancellationToken.None)).IsClean);
        }

        // An old version again, shown everywhere.
        Cli(c, "restore", "Work:/docs/plan.txt", "--revision", restored[^1].Revision);
        await UntilTextAsync(b, "first\n", "Work", "/docs/plan.txt");
        Assert.Equal("first\n", File.ReadAllText(Path.Combine(again, "docs", "plan.txt")));
        Assert.Equal(4, (await b.Client.LogAsync("Work", "/docs/plan.txt", CancellationToken.None)).Count);
    }

    private static Task UntilTextAsync(RunningNode node, string text, string volume = "Backup", string path = "/work/docs/plan.txt") => node.UntilAsync($"'{text.Trim()}' in {volume}", status =>
    {
        using var stream = node.Client.ReadAsync(volume, path, null, CancellationToken.None).GetAwaiter().GetResult();
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd() == text;
    });

    private static string Cli(RunningNode node, params string[] arguments) => Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), [.. arguments, "--home", node.Home]);
}
