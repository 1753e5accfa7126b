using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

[Trait("speed", "slow")]
public sealed class TwoDevicesTests
{
    [Fact]
    public async Task A_tree_of_thousands_of_files_arrives_identical()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Directories.Fill(source, 6000, 1);
        await using var pair = await Pair.StartAsync(directories, source, 6003);
        Assert.Equal("", Directories.Differences(source, pair.Target, withFolderTimes: true));
    }

    [Fact]
    public async Task A_large_file_arrives_identical()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        var megabytes = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 200 : 1024;
        using (var file = File.Create(Path.Combine(source, "big.bin")))
        {
            var random = new Random(2);
            var block = new byte[1 << 20];
            for (var i = 0; i < megabytes; i++)
            {
                random.NextBytes(block);
                file.Write(block);
            }
        }
        await using var pair = await Pair.StartAsync(directories, source, 1);
        Assert.Equal("", Directories.Differences(source, pair.Target, withFolderTimes: true));
    }

    [Fact]
    public async Task Every_kind_of_edit_on_either_side_shows_on_the_other()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Directories.Fill(source, 60, 3);
        await using var pair = await Pair.StartAsync(directories, source, 63);
        foreach (var (here, there) in new[] { (source, pair.Target), (pair.Target, source) })
        {
            var side = here == source ? "a" : "b";
            await pair.EqualAfterAsync(() => File.WriteAllText(Path.Combine(here, $"new-{side}.txt"), side));
            await pair.EqualAfterAsync(() => File.AppendAllText(Path.Combine(here, $"new-{side}.txt"), "more"));
            await pair.EqualAfterAsync(() => File.Move(Path.Combine(here, $"new-{side}.txt"), Path.Combine(here, $"renamed-{side}.txt")));
            await pair.EqualAfterAsync(() => Directory.Move(Path.Combine(here, $"area {(side == "a" ? 1 : 2)}"), Path.Combine(here, "empty", $"moved-{side}")));
            await pair.EqualAfterAsync(() => File.SetUnixFileMode(Path.Combine(here, $"renamed-{side}.txt"), UnixFileMode.UserRead | UnixFileMode.UserExecute));
            await pair.EqualAfterAsync(() => File.CreateSymbolicLink(Path.Combine(here, $"symlink-{side}"), $"renamed-{side}.txt"));
            await pair.EqualAfterAsync(() => File.Delete(Path.Combine(here, $"symlink-{side}")));
            await pair.EqualAfterAsync(() => Directory.Delete(Path.Combine(here, "area 3", side == "a" ? "part-0" : "part-1"), recursive: true));
            await pair.EqualAfterAsync(() => Directory.CreateDirectory(Path.Combine(here, $"hollow-{side}")));
        }
    }

    [Fact]
    public async Task Offline_edits_of_both_sides_merge()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        await File.WriteAllTextAsync(Path.Combine(source, "lines.txt"), string.Join('\n', Enumerable.Range(0, 40)) + "\n");
        await File.WriteAllTextAsync(Path.Combine(source, "same.txt"), "one\n");
        await File.WriteAllTextAsync(Path.Combine(source, "gone.txt"), "x\n");
        Directory.CreateDirectory(Path.Combine(source, "x"));
        Directory.CreateDirectory(Path.Combine(source, "y"));
        await using var pair = await Pair.StartAsync(directories, source, 3);
        await pair.A.StopAsync();
        await pair.B.StopAsync();
        var lines = Path.Combine("lines.txt");
        File.WriteAllText(Path.Combine(source, lines), File.ReadAllText(Path.Combine(source, lines)).Replace("\n3\n", "\nthree\n", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(pair.Target, lines), File.ReadAllText(Path.Combine(pair.Target, lines)).Replace("\n30\n", "\nthirty\n", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(source, "same.txt"), "from a\n");
        File.WriteAllText(Path.Combine(pair.Target, "same.txt"), "from b\n");
        File.Delete(Path.Combine(source, "gone.txt"));
        File.WriteAllText(Path.Combine(pair.Target, "gone.txt"), "edited\n");
        Directory.Move(Path.Combine(source, "x"), Path.Combine(source, "y", "x"));
        Directory.Move(Path.Combine(pair.Target, "y"), Path.Combine(pair.Target, "x", "y"));
        await pair.A.RestartAsync();
        await pair.B.RestartAsync();
        await pair.UntilAsync("the merge on both sides", () => new[] { source, pair.Target }.All(side =>
            File.Exists(Path.Combine(side, lines)) && File.ReadAllText(Path.Combine(side, lines)) is var text && text.Contains("three") && text.Contains("thirty")));
        await pair.UntilAsync("the edited file everywhere", () => new[] { source, pair.Target }.All(side => File.Exists(Path.Combine(side, "gone.txt")) && File.ReadAllText(Path.Combine(side, "gone.txt")) == "edited\n"));
        await pair.EqualAsync();
        var volume = (await pair.A.Client.VolumesAsync(CancellationToken.None))[0];
        var conflict = Assert.Single(await pair.A.Client.ConflictsAsync(volume.Id, CancellationToken.None));
        Assert.Equal("/same.txt", conflict.Path);
        var texts = new List<string>();
        foreach (var head in conflict.Heads)
        {
            using var reader = new StreamReader(await pair.A.Client.ReadAsync(volume.Id, "/same.txt", head.Revision, CancellationToken.None));
            texts.Add(await reader.ReadToEndAsync());
        }
        Assert.Equal(["from a\n", "from b\n"], texts.Order());
    }

    [Fact]
    public async Task Killed_at_random_moments_nothing_is_lost()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Directories.Fill(source, 300, 4);
        await using var pair = await Pair.StartAsync(directories, source, 303);
        var random = new Random(5);
        var rounds = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 20 : 200;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var round = 0; round < rounds; round++)
        {
            var here = round % 2 == 0 ? source : pair.Target;
            var victim = random.Next(2) == 0 ? pair.A : pair.B;
            var moment = random.Next(20);
            for (var step = 0; step < 20; step++)
            {
                var bytes = new byte[random.Next(1, 200_000)];
                random.NextBytes(bytes);
                File.WriteAllBytes(Path.Combine(here, $"round {round % 10} {step}"), bytes);
                if (step == moment) victim.Kill();
                await timer.WaitForNextTickAsync();
            }
            await victim.RestartAsync();
        }
        await pair.EqualAsync();
        foreach (var node in new[] { pair.A, pair.B })
        {
            var check = await node.Client.CheckAsync((await node.Client.VolumesAsync(CancellationToken.None))[0].Id, rebuild: false, CancellationToken.None);
            Assert.True(check.IsClean, string.Join('\n', check.Problems.Concat(check.Damaged)));
        }
    }

    [Fact]
    public async Task A_deleted_catalog_is_derived_anew()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Directories.Fill(source, 200, 6);
        await using var pair = await Pair.StartAsync(directories, source, 203);
        var volume = (await pair.A.Client.VolumesAsync(CancellationToken.None))[0].Id;
        var before = await ListAsync(pair.A, volume);
        await pair.A.StopAsync();
        foreach (var file in Directory.GetFiles(Path.Combine(pair.A.Home, "volumes", volume), "catalog.db*")) File.Delete(file);
        await pair.A.RestartAsync();
        await pair.A.Client.CheckAsync(volume, rebuild: true, CancellationToken.None);
        Assert.Equal(before, await ListAsync(pair.A, volume));
    }

    [Fact]
    public async Task A_flipped_byte_is_named_and_healed_from_the_peer()
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Directories.Fill(source, 50, 7);
        await using var pair = await Pair.StartAsync(directories, source, 53);
        var volume = (await pair.A.Client.VolumesAsync(CancellationToken.None))[0].Id;
        await pair.A.StopAsync();
        var pack = Directory.GetFiles(Path.Combine(pair.A.Home, "volumes", volume, "packs"))[0];
        using (var file = File.Open(pack, FileMode.Open))
        {
            file.Position = file.Length / 2;
            var value = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(value ^ 0x10));
        }
        await pair.A.RestartAsync();
        await pair.A.UntilAsync("the peer", status => status.Peers.Any(peer => peer.IsOnline));
        var check = await pair.A.Client.CheckAsync(volume, rebuild: false, CancellationToken.None);
        Assert.NotEmpty(check.Damaged);
        Assert.Equal(check.Damaged.Count, check.Healed);
        var again = await pair.A.Client.CheckAsync(volume, rebuild: false, CancellationToken.None);
        Assert.True(again.IsClean, string.Join('\n', again.Problems.Concat(again.Damaged)));
    }

    private static async Task<string> ListAsync(RunningNode node, string volume)
    {
        var entries = await node.Client.ListAsync(volume, "/", recursive: true, CancellationToken.None);
        var lines = new List<string>();
        foreach (var entry in entries)
        {
            lines.Add($"{entry.Path} {entry.Size} {entry.Mode} {entry.Revision}");
            foreach (RevisionStatus revision in await node.Client.LogAsync(volume, entry.Path, CancellationToken.None)) lines.Add($"  {revision.Revision}");
        }
        return string.Join('\n', lines);
    }
}
