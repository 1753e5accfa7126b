using System.Diagnostics;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>Old states in a real mount, by the programs that everybody has.</summary>
[Trait("speed", "slow")]
public sealed class TimeTravelTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Old_bytes_deleted_trees_trash_and_both_sides_of_a_conflict_are_in_the_mount()
    {
        using var directories = new Directories();
        string mountA = directories.New("mountA"), mountB = directories.New("mountB");
        await using var a = await RunningNode.StartAsync(directories.Path("A"), "--name", "laptop", "--mount", mountA);
        await using var b = await RunningNode.StartAsync(directories.Path("B"), "--name", "desktop", "--mount", mountB);
        try
        {
            await a.Client.CreateVolumeAsync(new CreateVolume("Letters", false), CancellationToken.None);
            var top = Path.Combine(mountA, "Letters");
            var views = Path.Combine(top, ".peerdrive");
            await UntilAsync(() => Directory.Exists(top));
            Directory.CreateDirectory(Path.Combine(top, "docs"));
            var letter = Path.Combine(top, "docs", "letter.txt");
            File.WriteAllText(letter, "one\n");
            var history = Path.Combine(views, "history", "docs", "letter.txt");
            await UntilAsync(() => Directory.Exists(history) && Directory.GetFiles(history) is [var first] && File.ReadAllText(first) == "one\n");
            File.AppendAllText(letter, "two\n");
            await UntilAsync(() => Directory.GetFiles(history).Length == 2);
            Assert.Equal(["one\n", "one\ntwo\n"], Directory.GetFiles(history).Order(StringComparer.Ordinal).Select(File.ReadAllText));
            Assert.Equal("", Directories.Run("diff", letter, Path.Combine(history, "2")));
            Assert.Equal(Directories.Run("stat", "-c", "%a %Y", letter), Directories.Run("stat", "-c", "%a %Y", Path.Combine(history, "2")));
            Assert.Equal("docs\n", Directories.Run("ls", "-A", top));

            var before = Directory.GetDirectories(Path.Combine(views, "at")).Max(StringComparer.Ordinal)!;
            Directory.Delete(Path.Combine(top, "docs"), recursive: true);
            var trash = Path.Combine(views, "trash");
            // The file and its folder may have gone in one commit or in two.
            await UntilAsync(() => !Directory.Exists(Path.Combine(top, "docs")) && Directory.GetFiles(trash, "*", SearchOption.AllDirectories).Any(file => File.ReadAllText(file) == "one\ntwo\n"));
            Assert.Equal("one\ntwo\n", File.ReadAllText(Path.Combine(before, "docs", "letter.txt")));
            Assert.Equal($"{before}/docs\n{before}/docs/letter.txt\n", Directories.Run("find", before, "-mindepth", "1"));
            Assert.Contains("Read-only file system", Directories.Run("sh", "-c", "echo x > \"$0/new\"; rm -r \"$0/docs\"; touch \"$0/docs/letter.txt\"", before));
            Assert.Equal("", Directories.Run("cp", "-a", Path.Combine(before, "docs"), top));
            Assert.Equal("", Directories.Run("diff", "-r", Path.Combine(before, "docs"), Path.Combine(top, "docs")));

            await b.Client.JoinAsync(new JoinRequest(await a.InviteAsync(), null, "keep"), CancellationToken.None);
            // Until its log has come, the volume has only an id for a name.
            var topB = Path.Combine(mountB, Path.GetFileName(top));
            await UntilAsync(() => Directory.Exists(topB));
            var letterB = Path.Combine(topB, "docs", "letter.txt");
            await UntilAsync(() => File.Exists(letterB) && new FileInfo(letterB).Length == 8);
            await UntilAsync(async () => (await b.Client.StatusAsync(CancellationToken.None)).Volumes.All(volume => volume.MissingContents == 0));
            var historyB = Path.Combine(topB, ".peerdrive", "history", "docs", "letter.txt");
            var known = Directory.GetFiles(historyB).Length;
            await a.StopAsync();
            File.WriteAllText(letterB, "from the desktop\n");
            await UntilAsync(() => Directory.GetFiles(historyB).Length > known);
            await b.StopAsync();
            await a.RestartAsync();
            await UntilAsync(() => File.Exists(letter));
            File.WriteAllText(letter, "from the laptop\n");
            known = Directory.GetFiles(history).Length;
            await UntilAsync(() => Directory.GetFiles(history).Any(file => File.ReadAllText(file) == "from the laptop\n"));
            await b.RestartAsync();
            var conflict = Path.Combine(views, "conflicts", "docs%2Fletter.txt");
            await UntilAsync(() => Directory.Exists(conflict) && Directory.GetFiles(conflict).Length == 2);
            await UntilAsync(async () => (await a.Client.StatusAsync(CancellationToken.None)).Volumes.All(volume => volume.MissingContents == 0));
            var heads = Directory.GetFiles(conflict).ToDictionary(file => file.Split(' ')[^1], File.ReadAllText);
            Assert.Equal("from the laptop\n", heads["laptop"]);
            Assert.Equal("from the desktop\n", heads["desktop"]);
        }
        finally
        {
            foreach (var node in new[] { a, b })
            {
                try
                {
                    await node.StopAsync();
                }
                catch (Exception e) when (e is Client.PeerDriveProblemException or InvalidOperationException)
                {
                    // Stopped already.
                }
            }
            foreach (var mount in new[] { mountA, mountB }) Directories.Run("fusermount3", "-uqz", mount);
        }
    }

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var started = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(started.Elapsed < Limit, "waited in vain");
            await timer.WaitForNextTickAsync();
        }
    }
}
