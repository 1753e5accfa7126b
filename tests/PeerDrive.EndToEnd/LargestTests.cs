using System.Diagnostics;

namespace PeerDrive.EndToEnd;

/// <summary>The largest and oddest things that a linked folder must hold, from one node to another.</summary>
[Trait("speed", "slow")]
public sealed class LargestTests
{
    [Theory]
    [InlineData("keep")]
    [InlineData("lean")]
    public async Task A_sparse_file_a_deep_path_and_odd_names_arrive(string space)
    {
        using var directories = new Directories();
        var source = directories.New("source");
        Run(source, "truncate -s 20G sparse; printf middle | dd of=sparse bs=1 seek=12G conv=notrunc status=none");
        Run(source, "(for i in $(seq 500); do mkdir seven_b; cd -P seven_b; done; printf deep > end)");
        Run(source, "printf 1 > \"$(printf 'new\\nline')\"; printf 2 > \"$(printf 'bad\\377utf8')\"; printf 3 > \"$(printf '%255s' | tr ' ' n)\"; printf 4 > ' '; printf 5 > -rf");
        var watch = Stopwatch.StartNew();
        await using var pair = await Pair.StartAsync(directories, source, 7, space);
        // Twenty gibibytes could not even be read in this time.
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"it took {watch.Elapsed}");
        try
        {
            Assert.Equal(20L << 30, new FileInfo(Path.Combine(pair.Target, "sparse")).Length);
            Assert.Equal("middle", Run(pair.Target, "dd if=sparse bs=1 skip=12G count=6 status=none"));
            Assert.True(long.Parse(Run(pair.Target, "stat -c %b sparse"), System.Globalization.CultureInfo.InvariantCulture) < 8192);
            Assert.Equal("deep", Run(pair.Target, "for i in $(seq 500); do cd -P seven_b; done; cat end"));
            const string names = "find . -maxdepth 1 ! -name '.pd~*' -print0 | sort -z | od -c";
            Assert.Equal(Run(source, names), Run(pair.Target, names));
            Assert.Equal("12345", Run(pair.Target, "cat \"$(printf 'new\\nline')\" \"$(printf 'bad\\377utf8')\" \"$(printf '%255s' | tr ' ' n)\" ' ' ./-rf"));
        }
        finally
        {
            await pair.DisposeAsync();
            Run(directories.Root, "rm -rf source target");
        }
    }

    [Theory]
    [InlineData("keep")]
    [InlineData("lean")]
    public async Task A_file_that_changes_all_the_time_is_equal_in_the_end(string space)
    {
        using var directories = new Directories();
        var source = directories.New("source");
        var path = Path.Combine(source, "busy");
        var random = new Random(1);
        var bytes = new byte[20 << 20];
        random.NextBytes(bytes);
        await File.WriteAllBytesAsync(path, bytes);
        await using var pair = await Pair.StartAsync(directories, source, 1, space);
        for (var i = 0; i < 300; i++)
        {
            using var file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.Seek(random.Next(bytes.Length), SeekOrigin.Begin);
            file.Write([(byte)i, (byte)(i >> 8)]);
            if (i % 50 == 0) file.SetLength(file.Length - 100_000);
        }
        await pair.EqualAsync();
        var check = await pair.B.Client.CheckAsync((await pair.B.Client.VolumesAsync(CancellationToken.None))[0].Id, rebuild: false, CancellationToken.None);
        Assert.True(check.IsClean, string.Join('\n', check.Problems));
    }

    [Fact]
    public async Task Two_hundred_thousand_files_in_one_folder_arrive()
    {
        // In an ordinary run as many as show that it works.
        var count = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 10_000 : 200_000;
        using var directories = new Directories();
        var source = directories.New("source");
        Run(source, $"mkdir many; cd many; seq {count} | split -l 1 -a 6 - f");
        await using var pair = await Pair.StartAsync(directories, source, count);
        Assert.Equal("", Directories.Differences(source, pair.Target));
    }

    private static string Run(string folder, string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, errors);
        return output.GetAwaiter().GetResult();
    }
}
