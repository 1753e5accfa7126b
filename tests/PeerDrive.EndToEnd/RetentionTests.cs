using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>Letting old versions go, and giving their room back, by the program itself.</summary>
[Trait("speed", "slow")]
public sealed class RetentionTests
{
    [Fact]
    public async Task What_one_device_let_go_comes_from_another_while_that_is_there_and_what_was_deleted_until_its_time_is_over()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        var file = Path.Combine(source, "plan.bin");
        File.WriteAllBytes(file, Bytes(0));
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--link", source, "--name", "a", "--no-mount");
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--name", "b", "--no-mount");
        await a.QuietAsync(1);
        var volume = (await a.Client.VolumesAsync(CancellationToken.None))[0].Id;
        for (var i = 1; i < 5; i++)
        {
            File.WriteAllBytes(file, Bytes(i));
            await VersionsAsync(a, volume, i + 1);
        }
        await b.Client.JoinAsync(new JoinRequest(await a.InviteAsync(), null, "keep"), CancellationToken.None);
        await b.UntilAsync("all versions", status => status.Volumes is [{ Files: 1, AbsentContents: 0, IsInSync: true }]);
        var log = await a.Client.LogAsync(volume, "/plan.bin", CancellationToken.None);
        var first = log.Single(revision => revision.Parents.Count == 0).Revision;
        var second = log.Single(revision => revision.Parents is [var parent] && parent == first).Revision;

        Assert.Contains("Every version is kept", Cli(a, "retention", volume), StringComparison.Ordinal);
        // The hold of 30 days keeps what was current a moment ago.
        Assert.Contains("versions 1 hold 30d", Cli(a, "retention", volume, "--versions", "1"), StringComparison.Ordinal);
        Assert.Contains("Nothing of", Cli(a, "thin", volume), StringComparison.Ordinal);
        Assert.Contains("versions 1 hold none", Cli(a, "retention", volume, "--hold", "none"), StringComparison.Ordinal);
        Cli(a, "pin", $"{volume}:/plan.bin", "--revision", second);
        Assert.Contains(second[..8], Cli(a, "pins", volume), StringComparison.Ordinal);
        var told = Cli(a, "thin", volume, "--dry-run");
        Assert.Contains("/plan.bin", told, StringComparison.Ordinal);
        Assert.Contains("3 versions would go", told, StringComparison.Ordinal);
        var before = PackBytes(a);
        var thinned = await a.Client.ThinAsync(volume, new ThinRequest("/plan.bin", false), CancellationToken.None);
        Assert.Equal((3, 1), (thinned.Versions, thinned.Documents.Count));
        Assert.InRange(before - PackBytes(a), 3_000_000, 3_200_000);
        Assert.Contains("thinned: content not here", Cli(a, "log", $"{volume}:/plan.bin"), StringComparison.Ordinal);
        Assert.Equal(3, (await a.Client.LogAsync(volume, "/plan.bin", CancellationToken.None)).Count(revision => revision is { IsThinned: true, IsHere: false }));
        await a.UntilAsync("nothing to be fetched again", status => status.Volumes is [{ MissingContents: 0, ThinnedContents: 3, IsInSync: true }]);
        Assert.True((await a.Client.CheckAsync(volume, false, CancellationToken.None)).IsClean);
        Assert.Contains("current", Cli(a, "volume", "show", volume), StringComparison.Ordinal);

        // The other device has it; read, it is here, and goes again with the next thinning.
        Assert.Equal(Bytes(0), await ReadAsync(a, volume, first));
        Assert.Equal(Bytes(1), await ReadAsync(a, volume, second));
        await a.Client.SetReplicaAsync(volume, new ReplicaRequest(null, 1), CancellationToken.None);
        await b.StopAsync();
        await a.StopAsync();
        await a.RestartAsync();
        await a.UntilAsync("the scan", RunningNode.IsQuiet);
        await a.Client.ThinAsync(volume, new ThinRequest(null, false), CancellationToken.None);
        var failure = await Assert.ThrowsAsync<PeerDriveProblemException>(() => ReadAsync(a, volume, first));
        Assert.Equal("NotHere", failure.Problem.Kind);
        Assert.Contains("let this version go", failure.Problem.Detail, StringComparison.Ordinal);
        Assert.Equal(Bytes(1), await ReadAsync(a, volume, second));
        Assert.Equal(Bytes(4), File.ReadAllBytes(file));
        await b.RestartAsync();
        await a.UntilAsync("the other one", status => status.Peers.Any(peer => peer.IsOnline));
        Assert.Equal(Bytes(0), await ReadAsync(a, volume, first));

        // Deleted, and undeleted before its time in the trash is over.
        Cli(a, "retention", volume, "--trash", "1h");
        File.Delete(file);
        await a.UntilAsync("the deletion", status => status.Volumes[0].Files == 0);
        await a.Client.ThinAsync(volume, new ThinRequest(null, false), CancellationToken.None);
        Cli(a, "undelete", $"{volume}:/plan.bin");
        await a.UntilAsync("the file", status => status.Volumes[0].Files == 1 && File.Exists(file));
        Assert.Equal(Bytes(4), File.ReadAllBytes(file));
        var collected = await a.Client.CollectAsync(volume, false, CancellationToken.None);
        Assert.Null(collected.Postponed);
        Assert.StartsWith("0 B would be given back", Cli(a, "collect", volume, "--dry-run"), StringComparison.Ordinal);
        Assert.True((await a.Client.CheckAsync(volume, false, CancellationToken.None)).IsClean);
    }

    [Fact]
    public async Task What_another_writer_overwrote_and_deleted_stays_for_the_hold_on_the_others_whatever_their_rule_is()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        for (var i = 0; i < 5; i++) File.WriteAllBytes(Path.Combine(source, $"file{i}"), Bytes(i));
        await using var pair = await Pair.StartAsync(directories, source, 5);
        var volume = (await pair.A.Client.VolumesAsync(CancellationToken.None))[0].Id;
        await pair.A.Client.SetRetentionAsync(volume, new RetentionRequest("all 0s versions 1 size 1B trash 0s"), CancellationToken.None);
        for (var i = 0; i < 5; i++) File.WriteAllBytes(Path.Combine(pair.Target, $"file{i}"), Bytes(100 + i));
        await pair.EqualAsync();
        for (var i = 0; i < 5; i++) File.Delete(Path.Combine(pair.Target, $"file{i}"));
        await pair.A.UntilAsync("the deletions", status => status.Volumes[0].Files == 0);
        Assert.Equal(0, (await pair.A.Client.ThinAsync(volume, new ThinRequest(null, false), CancellationToken.None)).Versions);
        await pair.A.Client.CollectAsync(volume, false, CancellationToken.None);
        await pair.B.StopAsync();
        for (var i = 0; i < 5; i++)
        {
            var oldest = (await pair.A.Client.LogAsync(volume, $"/file{i}", CancellationToken.None)).Single(revision => revision.Parents.Count == 0);
            await using var stream = await pair.A.Client.ReadAsync(volume, $"/file{i}", oldest.Revision, CancellationToken.None);
            Assert.Equal(Bytes(i), await AllAsync(stream));
        }
    }

    /// <summary>The node is killed again and again while it thins and collects and a program writes.</summary>
    [Fact]
    public async Task Killed_at_random_moments_it_has_all_that_is_kept()
    {
        var rounds = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 20 : 200;
        using var directories = new Directories();
        var source = directories.New("source");
        var random = new Random(7);
        for (var i = 0; i < 6; i++) File.WriteAllBytes(Path.Combine(source, $"file{i}"), Bytes(i));
        await using var node = await RunningNode.StartAsync(directories.Path("a"), "--link", source, "--no-mount");
        await node.QuietAsync(6);
        var volume = (await node.Client.VolumesAsync(CancellationToken.None))[0].Id;
        await node.Client.SetRetentionAsync(volume, new RetentionRequest("versions 2 hold none"), CancellationToken.None);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < 3; i++) File.WriteAllBytes(Path.Combine(source, $"file{random.Next(6)}"), Bytes((round * 10) + i + 50));
            var work = WorkAsync(node, volume);
            using (var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1 + random.Next(700)))) await timer.WaitForNextTickAsync();
            node.Kill();
            await work;
            await node.RestartAsync();
            await node.UntilAsync("the scan", RunningNode.IsQuiet);
        }
        await node.Client.ThinAsync(volume, new ThinRequest(null, false), CancellationToken.None);
        var collected = await node.Client.CollectAsync(volume, false, CancellationToken.None);
        Assert.Null(collected.Postponed);
        Assert.InRange(collected.Use.Reclaimable, 0, 1_000_000);
        Assert.True((await node.Client.CheckAsync(volume, false, CancellationToken.None)).IsClean);
        await node.UntilAsync("nothing lost", status => status.Volumes is [{ Files: 6, MissingContents: 0 }]);
        for (var i = 0; i < 6; i++)
        {
            var path = $"file{i}";
            await using var stream = await node.Client.ReadAsync(volume, "/" + path, null, CancellationToken.None);
            Assert.Equal(File.ReadAllBytes(Path.Combine(source, path)), await AllAsync(stream));
            var log = await node.Client.LogAsync(volume, "/" + path, CancellationToken.None);
            Assert.All(log, revision => Assert.True(revision.IsHere != revision.IsThinned));
            Assert.True(log.Count(revision => revision.IsHere) >= Math.Min(2, log.Count), "the two newest stay");
        }
    }

    /// <summary>Thins and collects until the node is gone.</summary>
    private static async Task WorkAsync(RunningNode node, string volume)
    {
        try
        {
            while (true)
            {
                await node.Client.ThinAsync(volume, new ThinRequest(null, false), CancellationToken.None);
                await node.Client.CollectAsync(volume, false, CancellationToken.None);
            }
        }
        catch (PeerDriveProblemException e) when (e.Problem.Kind is "Unreachable" or "Busy")
        {
            // Killed, or the node thins by itself just now.
        }
    }

    private static async Task VersionsAsync(RunningNode node, string volume, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await node.Client.LogAsync(volume, "/plan.bin", limit.Token)).Count < count) await timer.WaitForNextTickAsync(limit.Token);
    }

    private static async Task<byte[]> ReadAsync(RunningNode node, string volume, string revision)
    {
        await using var stream = await node.Client.ReadAsync(volume, "/plan.bin", revision, CancellationToken.None);
        return await AllAsync(stream);
    }

    private static async Task<byte[]> AllAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static string Cli(RunningNode node, params string[] arguments) => Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), [.. arguments, "--home", node.Home]);

    private static long PackBytes(RunningNode node) => new DirectoryInfo(Path.Combine(node.Home, "volumes")).EnumerateFiles("*.pack", SearchOption.AllDirectories).Sum(pack => pack.Length);

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[1_000_000];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
