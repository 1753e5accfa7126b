using System.Diagnostics;
using System.Security.Cryptography;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>Content that is not here: policies, reading it from others, pins and giving back.</summary>
[Trait("speed", "slow")]
public sealed class OnDemandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task What_is_read_comes_and_a_pinned_folder_and_no_more()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Directory.CreateDirectory(Path.Combine(source, "movies"));
        Directory.CreateDirectory(Path.Combine(source, "docs"));
        var film = Write(Path.Combine(source, "movies", "film.bin"), 40, 1);
        Write(Path.Combine(source, "movies", "other.bin"), 30, 2);
        var letter = Write(Path.Combine(source, "docs", "letter.bin"), 3, 3);
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--link", source, "--no-mount");
        await a.QuietAsync(3);
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--no-mount");
        await b.Client.JoinAsync(new JoinRequest(await a.InviteAsync(), null, "keep") { Policy = "metadata" }, CancellationToken.None);
        await b.UntilAsync("the tree", status => status.Volumes is [{ Files: 3, Policy: "metadata", MissingContents: 0, AbsentContents: 3, MissingChangesets: 0 }]);
        var volume = (await b.Client.VolumesAsync(CancellationToken.None))[0];
        Assert.InRange(Size(directories.Path("b")), 0, 3_000_000);

        Assert.Equal(film[..5_000_000], await ReadAsync(b, volume.Id, "/movies/film.bin", 5_000_000));
        Assert.InRange((await b.Client.VolumeAsync(volume.Id, CancellationToken.None)).StoredBytes, 5_000_000, 41_000_000);
        Assert.Equal(film, await ReadAsync(b, volume.Id, "/movies/film.bin", film.Length));
        await b.UntilAsync("the film to be here", status => status.Volumes[0].AbsentContents == 2);

        await b.Client.PinAsync(volume.Id, new PathRequest("/docs", null), CancellationToken.None);
        await b.UntilAsync("the pinned folder", status => status.Volumes[0] is { AbsentContents: 1, MissingContents: 0 });
        var stored = (await b.Client.VolumeAsync(volume.Id, CancellationToken.None)).StoredBytes;
        Assert.InRange(stored, film.Length + letter.Length, film.Length + letter.Length + 1_000_000);

        var where = await b.Client.WhereAsync(volume.Id, "/movies", CancellationToken.None);
        Assert.Equal((2, 1, (long)film.Length), (where.Files, where.HereFiles, where.HereBytes));
        Assert.Equal((true, 2L), (where.Devices[0].Answered, where.Devices[0].Files));
        var refused = await Assert.ThrowsAsync<PeerDriveProblemException>(() => b.Client.FreeAsync(volume.Id, new PathRequest("/docs", null), CancellationToken.None));
        Assert.Contains("pinned", refused.Problem.Detail, StringComparison.Ordinal);
        var freed = await b.Client.FreeAsync(volume.Id, new PathRequest("/movies", null), CancellationToken.None);
        Assert.Equal(1, freed.FreedContents);
        Assert.InRange(Size(directories.Path("b")), letter.Length, letter.Length + 5_000_000);

        // All holders off: what is here is read, the rest fails soon and says why.
        await b.Client.SetReplicaAsync(volume.Id, new ReplicaRequest(null, 1), CancellationToken.None);
        a.Kill();
        Assert.Equal(letter, await ReadAsync(b, volume.Id, "/docs/letter.bin", letter.Length));
        var began = Stopwatch.StartNew();
        var failure = await Assert.ThrowsAsync<PeerDriveProblemException>(() => ReadAsync(b, volume.Id, "/movies/film.bin", 1));
        Assert.Equal("NotHere", failure.Problem.Kind);
        Assert.Contains("last seen", failure.Problem.Detail, StringComparison.Ordinal);
        Assert.InRange(began.Elapsed.TotalSeconds, 0.9, 20);
        await b.Client.UnpinAsync(volume.Id, "/docs", CancellationToken.None);
        var last = await Assert.ThrowsAsync<PeerDriveProblemException>(() => b.Client.FreeAsync(volume.Id, new PathRequest("/", null), CancellationToken.None));
        Assert.Contains("confirmed by no other device", last.Problem.Detail, StringComparison.Ordinal);
        Assert.Equal(letter, await ReadAsync(b, volume.Id, "/docs/letter.bin", letter.Length));
    }

    [Fact]
    public async Task Of_three_sources_one_may_be_killed_in_the_middle_of_a_file()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        var film = Write(Path.Combine(source, "film.bin"), 150, 4);
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--link", source, "--no-mount");
        await a.QuietAsync(1);
        await using var b = await RunningNode.StartAsync(directories.Path("b"), "--no-mount");
        await using var c = await RunningNode.StartAsync(directories.Path("c"), "--no-mount");
        await using var d = await RunningNode.StartAsync(directories.Path("d"), "--no-mount", "--policy", "metadata");
        foreach (var node in new[] { b, c })
        {
            await node.Client.JoinAsync(new JoinRequest(await a.InviteAsync("owner"), null, "keep"), CancellationToken.None);
            await node.UntilAsync("all contents", status => status.Volumes is [{ Files: 1, AbsentContents: 0, IsInSync: true }]);
        }
        await d.Client.JoinAsync(new JoinRequest(await c.InviteAsync("owner"), null, "keep"), CancellationToken.None);
        await d.Client.JoinAsync(new JoinRequest(await b.InviteAsync("owner"), null, "keep"), CancellationToken.None);
        await d.Client.JoinAsync(new JoinRequest(await a.InviteAsync("owner"), null, "keep"), CancellationToken.None);
        await d.UntilAsync("three peers", status => status.Volumes is [{ Files: 1, Policy: "metadata" }] && status.Peers.Count(peer => peer is { IsOnline: true, Volumes.Count: > 0 }) == 3);
        var volume = (await d.Client.VolumesAsync(CancellationToken.None))[0].Id;
        // None is fast enough to bring it all before the others are asked.
        foreach (var node in new[] { a, b, c }) await node.Client.LimitAsync(new LimitRequest(null, 15_000_000, null, null, null, null), CancellationToken.None);
        await using var stream = await d.Client.ReadAsync(volume, "/film.bin", null, CancellationToken.None);
        using var hash = SHA256.Create();
        var buffer = new byte[1 << 20];
        var isKilled = false;
        for (long total = 0; ;)
        {
            var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(Limit);
            if (read == 0) break;
            hash.TransformBlock(buffer, 0, read, null, 0);
            total += read;
            if (isKilled || total < film.Length / 3) continue;
            isKilled = true;
            a.Kill();
        }
        hash.TransformFinalBlock([], 0, 0);
        Assert.True(isKilled);
        Assert.Equal(SHA256.HashData(film), hash.Hash);
        var received = (await d.Client.PeersAsync(CancellationToken.None)).Count(peer => peer.BytesReceived > 1_000_000);
        Assert.True(received >= 2, "the work was not shared");
    }

    [Fact]
    public async Task A_read_of_the_mount_brings_what_it_reads_and_fails_when_nobody_is_there()
    {
        if (!File.Exists("/dev/fuse"))
        {
            Console.WriteLine("skipped: there is no /dev/fuse here");
            return;
        }
        using var directories = new Directories();
        var source = directories.New("Files");
        var film = Write(Path.Combine(source, "film.bin"), 60, 5);
        await using var a = await RunningNode.StartAsync(directories.Path("a"), "--link", source, "--no-mount");
        await a.QuietAsync(1);
        await using var mounted = await Mounts.MountedNode.StartAsync("--policy", "metadata");
        var b = mounted.Node;
        await b.Client.JoinAsync(new JoinRequest(await a.InviteAsync(), null, "keep"), CancellationToken.None);
        await b.UntilAsync("the tree", status => status.Volumes is [{ Files: 1, AbsentContents: 1 }]);
        var volume = (await b.Client.VolumesAsync(CancellationToken.None))[0].Id;
        Assert.Contains("62914560", mounted.Sh("stat -c %s $M/film.bin"), StringComparison.Ordinal);
        var middle = Convert.ToHexStringLower(SHA256.HashData(film.AsSpan(30 << 20, 1 << 20)));
        Assert.Contains(middle, mounted.Sh("dd if=$M/film.bin bs=1M skip=30 count=1 status=none | sha256sum"), StringComparison.Ordinal);
        Assert.InRange((await b.Client.VolumeAsync(volume, CancellationToken.None)).StoredBytes, 1 << 20, 12 << 20);
        // A program that is ended waits no longer.
        a.Kill();
        await b.Client.SetReplicaAsync(volume, new ReplicaRequest(null, 60), CancellationToken.None);
        var began = Stopwatch.StartNew();
        mounted.Sh("timeout 2 cat $M/film.bin > /dev/null", mayFail: true);
        Assert.InRange(began.Elapsed.TotalSeconds, 1, 30);
        await b.Client.SetReplicaAsync(volume, new ReplicaRequest(null, 1), CancellationToken.None);
        Assert.Contains("Input/output error", mounted.Sh("dd if=$M/film.bin bs=1M skip=50 count=1 of=/dev/null", mayFail: true), StringComparison.Ordinal);
        Assert.Contains("film.bin: The content is not here", b.Log(), StringComparison.Ordinal);
        await a.RestartAsync();
        await b.UntilAsync("the other one", status => status.Peers.Any(peer => peer.IsOnline));
        await b.Client.SetReplicaAsync(volume, new ReplicaRequest(null, 60), CancellationToken.None);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(film)), mounted.Sh("sha256sum $M/film.bin"), StringComparison.Ordinal);
        // What is appended to a file that is elsewhere is a version with all of it.
        await b.Client.FreeAsync(volume, new PathRequest("/film.bin", null), CancellationToken.None);
        mounted.Sh("printf tail >> $M/film.bin");
        await mounted.CommittedAsync();
        await a.UntilAsync("the longer one", status => status.Volumes[0] is { MissingContents: 0 } && new FileInfo(Path.Combine(source, "film.bin")).Length == film.Length + 4);
    }

    private static byte[] Write(string path, int megabytes, int seed)
    {
        var bytes = new byte[megabytes << 20];
        new Random(seed).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(RunningNode node, string volume, string path, int length)
    {
        await using var stream = await node.Client.ReadAsync(volume, path, null, CancellationToken.None);
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Limit);
        return bytes;
    }

    private static long Size(string home) => new DirectoryInfo(Path.Combine(home, "volumes")).EnumerateFiles("*", SearchOption.AllDirectories)
        .Where(file => !file.Name.EndsWith("-wal", StringComparison.Ordinal)).Sum(file => file.Length);
}
