using System.Diagnostics;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>A device that is always on, for those that are not.</summary>
[Trait("speed", "slow")]
public sealed class HeadlessTests
{
    private const int Files = 20, FileBytes = 200_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task What_its_owner_made_is_read_from_the_device_that_is_always_on_and_without_that_fails_soon()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        for (var i = 0; i < Files; i++) File.WriteAllBytes(Path.Combine(source, $"f{i}"), Bytes(i));
        await using var always = await RunningNode.StartAsync(directories.Path("always"), "--headless", "--policy", "full", "--name", "always");
        await using var reader = await RunningNode.StartAsync(directories.Path("reader"), "--no-mount", "--policy", "metadata");
        string volume;
        await using (var owner = await RunningNode.StartAsync(directories.Path("owner"), "--link", source, "--no-mount"))
        {
            await owner.QuietAsync(Files);
            volume = (await owner.Client.VolumesAsync(CancellationToken.None))[0].Id;
            foreach (var node in new[] { always, reader })
            {
                // Both are told of the owner alone.
                await node.Client.JoinAsync(new JoinRequest(await owner.InviteAsync(), null, "keep"), CancellationToken.None);
            }
            await always.UntilAsync("all contents", status => status.Volumes is [{ Files: Files, AbsentContents: 0, MissingChangesets: 0 }]);
            await reader.UntilAsync("the tree, and both of the others", status => status.Volumes is [{ Files: Files, AbsentContents: Files, MissingChangesets: 0 }] && status.Peers.Count(peer => peer.IsConnected) == 2);
            await owner.StopAsync();
        }
        await reader.UntilAsync("the owner to be off", status => status.Peers.Count(peer => peer.IsOnline) == 1);
        for (var i = 0; i < Files - 1; i++) Assert.Equal(Bytes(i), await ReadAsync(reader, volume, $"/f{i}"));

        await reader.Client.SetReplicaAsync(volume, new ReplicaRequest(null, 1), CancellationToken.None);
        always.Kill();
        var clock = Stopwatch.StartNew();
        var failure = await Assert.ThrowsAsync<PeerDriveProblemException>(() => ReadAsync(reader, volume, $"/f{Files - 1}"));
        Console.WriteLine($"headless: with all holders off a read that waits for one second fails after {clock.Elapsed.TotalSeconds:F1} s: {failure.Problem.Detail}");
        Assert.Equal("NotHere", failure.Problem.Kind);
        Assert.Contains("always", failure.Problem.Detail, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.9, 20);
        Assert.Equal(Bytes(0), await ReadAsync(reader, volume, "/f0"));

        await always.RestartAsync();
        await reader.Client.SetReplicaAsync(volume, new ReplicaRequest(null, 60), CancellationToken.None);
        Assert.Equal(Bytes(Files - 1), await ReadAsync(reader, volume, $"/f{Files - 1}"));
    }

    private static byte[] Bytes(int seed)
    {
        var bytes = new byte[FileBytes];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(RunningNode node, string volume, string path)
    {
        await using var stream = await node.Client.ReadAsync(volume, path, null, CancellationToken.None);
        var bytes = new byte[FileBytes];
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Limit);
        return bytes;
    }
}
