using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>A device that keeps every version, and one whose large files lie in its directory only.</summary>
[Trait("speed", "slow")]
public sealed class LeanTests
{
    private const int Megabytes = 160;

    [Fact]
    public async Task Large_files_are_kept_once_and_no_version_is_lost_that_a_peer_or_the_disk_still_has()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Write(Path.Combine(source, "film"), 1, Megabytes);
        Write(Path.Combine(source, "photo"), 2, 5);
        File.WriteAllText(Path.Combine(source, "note"), "text");
        await using var pair = await Pair.StartAsync(directories, source, 3, "lean");
        await pair.EqualAsync();
        // The newest pack may be there, and nothing else of the film.
        await pair.UntilAsync("the packs of what was written to go", () => Size(pair.B.Home) < 80 << 20);
        var volume = (await pair.B.Client.VolumesAsync(CancellationToken.None))[0].Id;
        var first = Assert.Single(await LogAsync(pair.B, volume, "/film"));

        // Killed at any moment, it goes on where it was; nothing that was there is fetched again or lost.
        pair.B.Kill();
        File.Delete(Path.Combine(source, "photo"));
        Write(Path.Combine(source, "new"), 3, 3);
        File.Move(Path.Combine(source, "new"), Path.Combine(source, "film"), overwrite: true);
        await pair.B.RestartAsync();
        await pair.EqualAsync();
        Assert.Equal(Bytes(1, Megabytes), await ReadAsync(pair.B, volume, "/film", first.Revision));
        Assert.Equal(Bytes(2, 5), await ReadAsync(pair.B, volume, "/photo", null));

        // Written in place on the lean side: the old version is fetched from the device that keeps it.
        var second = (await LogAsync(pair.B, volume, "/film")).Single(revision => revision.IsShown);
        using (var file = File.OpenWrite(Path.Combine(pair.Target, "film"))) file.Write("in place"u8);
        await pair.EqualAsync();
        await pair.B.UntilAsync("the overwritten version to be here again", status => RunningNode.IsQuiet(status) && status.Volumes[0].MissingContents == 0);
        Assert.Equal(Bytes(3, 3), await ReadAsync(pair.B, volume, "/film", second.Revision));
        var check = await pair.B.Client.CheckAsync(volume, rebuild: true, CancellationToken.None);
        Assert.True(check.IsClean, string.Join('\n', check.Problems));

        // Without the other device it is said plainly that it is gone here.
        await pair.A.StopAsync();
        var third = (await LogAsync(pair.B, volume, "/film")).Single(revision => revision.IsShown);
        using (var file = File.OpenWrite(Path.Combine(pair.Target, "film"))) file.Write("once more"u8);
        await pair.UntilAsync("the loss to show", () => LogAsync(pair.B, volume, "/film").GetAwaiter().GetResult() is { Count: 4 } log && !log.Single(revision => revision.Revision == third.Revision).IsHere);
        // Whoever looked what the file is may have its first bytes in memory still.
        await pair.B.StopAsync();
        await pair.B.RestartAsync();
        await Assert.ThrowsAsync<PeerDriveProblemException>(() => ReadAsync(pair.B, volume, "/film", third.Revision));

        // Unlinked, the volume has all that the directory had.
        await pair.B.Client.UnlinkAsync(pair.Target, CancellationToken.None);
        var last = (await LogAsync(pair.B, volume, "/film")).Single(revision => revision.IsShown);
        var expected = File.ReadAllBytes(Path.Combine(pair.Target, "film"));
        Directory.Delete(pair.Target, recursive: true);
        Assert.Equal(expected, await ReadAsync(pair.B, volume, "/film", last.Revision));
    }

    private static Task<IReadOnlyList<RevisionStatus>> LogAsync(RunningNode node, string volume, string path) => node.Client.LogAsync(volume, path, CancellationToken.None);

    private static async Task<byte[]> ReadAsync(RunningNode node, string volume, string path, string? revision)
    {
        await using var stream = await node.Client.ReadAsync(volume, path, revision ?? (await LogAsync(node, volume, path))[0].Revision, CancellationToken.None);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>Bytes of files that have no other name, which is what a person would see used.</summary>
    private static long Size(string home) => Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/lent/", StringComparison.Ordinal) && !file.EndsWith(".sock", StringComparison.Ordinal)).Sum(file => new FileInfo(file) is { Exists: true } there ? there.Length : 0);

    private static byte[] Bytes(int seed, int megabytes)
    {
        var bytes = new byte[megabytes << 20];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static void Write(string path, int seed, int megabytes) => File.WriteAllBytes(path, Bytes(seed, megabytes));
}
