using System.Diagnostics;
using PeerDrive.Client.Contracts;
using PeerDrive.EndToEnd.Mounts;

namespace PeerDrive.EndToEnd;

/// <summary>Directories that several devices offer, as one tree on another.</summary>
[Trait("speed", "slow")]
public sealed class OfferTests
{
    [Fact]
    public async Task A_and_B_offer_movies_and_C_who_is_told_of_A_only_reads_both_from_one_folder()
    {
        using var directories = new Directories();
        var (hers, his) = (directories.New("hers/movies"), directories.New("his/movies"));
        var kill = Write(Path.Combine(hers, "KillBill"), 5, 1);
        var matrix = Write(Path.Combine(his, "TheMatrix"), 4, 2);
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--serve-only", "--name", "a", "--person", "Ada");
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--no-mount", "--name", "b", "--person", "Bob");
        await a.Client.CreateVolumeAsync(new CreateVolume("LAN", WithRecoveryKey: false), CancellationToken.None);
        await b.Client.JoinAsync(new JoinRequest(await a.InviteAsync("reader"), null, "keep"), CancellationToken.None);
        Run(directories.Path("a"), "offer", hers, "--to", "LAN");
        await b.UntilAsync("B to know the group", status => status.Volumes is [{ Name: "LAN", Role: "reader" }]);
        Run(directories.Path("b"), "offer", his);

        var hasMount = File.Exists("/dev/fuse");
        await using var mounted = hasMount ? await MountedNode.StartAsync("--name", "c", "--person", "Cy", "--view-only") : null;
        await using var plain = hasMount ? null : await RunningNode.StartAsync(directories.Path("c"), "--no-mount", "--view-only");
        var c = mounted?.Node ?? plain!;
        await c.Client.JoinAsync(new JoinRequest(await a.InviteAsync("reader"), null, "keep"), CancellationToken.None);
        await c.UntilAsync("C to see both", _ => Names(Ls(c)).SequenceEqual(["KillBill", "TheMatrix"]));
        Assert.Equal(kill, await ReadAsync(c, "/movies/KillBill"));
        Assert.Equal(matrix, await ReadAsync(c, "/movies/TheMatrix"));
        Assert.Contains("Bob", Run(c.Home, "where", "--common", "LAN:/movies/TheMatrix"), StringComparison.Ordinal);
        Assert.DoesNotContain("Bob", Ls(c), StringComparison.Ordinal);
        var listed = Run(c.Home, "offer");
        Assert.Contains("Ada", listed, StringComparison.Ordinal);
        Assert.Contains("Bob", listed, StringComparison.Ordinal);
        // The bytes stay where they are.
        Assert.InRange(Directory.EnumerateFiles(directories.Path("a"), "*.pack", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 0, 1 << 20);
        if (mounted is null) return;

        var films = Path.Combine(mounted.Mount, "Common", "LAN", "movies");
        Assert.Equal(["KillBill", "TheMatrix"], Names(mounted.Sh($"ls '{films}'")));
        mounted.Sh($"cmp '{films}/KillBill' '{hers}/KillBill'; cmp '{films}/TheMatrix' '{his}/TheMatrix'");
        mounted.Sh($"grep -r nothing-like-this '{mounted.Mount}/Common' || test $? = 1");
        Assert.Contains("Read-only file system", mounted.Sh($"echo x > '{films}/KillBill'", mayFail: true) + mounted.Sh($"touch '{films}/new'", mayFail: true), StringComparison.Ordinal);
        // A new file comes, and what is withdrawn goes.
        File.WriteAllText(Path.Combine(his, "notes.txt"), "seen");
        await c.UntilAsync("the new file", _ => mounted.Sh($"cat '{films}/notes.txt'", mayFail: true) == "seen");
        Run(directories.Path("a"), "offer", "--stop", hers);
        await c.UntilAsync("what was withdrawn to go", _ => Names(mounted.Sh($"ls '{films}'")).SequenceEqual(["TheMatrix", "notes.txt"]));
        Assert.Equal(["KillBill"], Directory.EnumerateFileSystemEntries(hers).Select(path => Path.GetFileName(path)!));
    }

    private static string[] Names(string lines) => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ToArray();

    private static string Ls(RunningNode node) => Run(node.Home, mayFail: true, "ls", "--common", "LAN:/movies");

    private static string Run(string home, params string[] arguments) => Run(home, mayFail: false, arguments);

    private static string Run(string home, bool mayFail, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(RunningNode.Repository, "peerdrive")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Concat(["--home", home])) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (!mayFail && process.ExitCode != 0) Assert.Fail($"{string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{errors.Result}");
        return output;
    }

    private static byte[] Write(string path, int megabytes, int seed)
    {
        var bytes = new byte[megabytes << 20];
        new Random(seed).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(RunningNode node, string path)
    {
        await using var stream = await node.Client.ReadCommonAsync("LAN", path, CancellationToken.None);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }
}
