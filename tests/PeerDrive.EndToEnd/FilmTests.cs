using System.Diagnostics;
using System.Globalization;

namespace PeerDrive.EndToEnd;

/// <summary>A film that lies elsewhere, behind links of 20 Mbit/s with 25 ms one way: it begins at once, plays and is sought in, and comes from all who have it.</summary>
[Trait("speed", "slow")]
public sealed class FilmTests
{
    /// <summary>12 Mbit/s.</summary>
    private const long FilmBytesPerSecond = 1_500_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_first_bytes_come_after_two_round_trips_and_the_time_of_a_chunk_and_it_plays_without_a_stall()
    {
        var megabytes = TestSize.Of(100, 2048);
        await using var film = await RemoteFilm.TryStartAsync(1, path => Fill(path, megabytes));
        if (film is null) return;
        await film.ConnectAsync(0);
        var bytes = film.FirstBytes();
        var ideal = (2 * RemoteFilm.RoundTrip) + TimeSpan.FromSeconds((double)bytes / RemoteFilm.BytesPerSecond);
        Tell($"{megabytes} MiB; a link of 20 Mbit/s with 25 ms one way: two round trips, the list of chunks and the first chunk ({bytes / 1000} kB) take {ideal.TotalMilliseconds:F0} ms");
        foreach (var isMount in new[] { true, false })
        {
            var over = new List<double>();
            for (var run = 0; run < TestSize.Of(3, 9); run++)
            {
                await film.ForgetAsync();
                await QuietAsync(film);
                var clock = Stopwatch.StartNew();
                var begin = await ReadBeginningAsync(film, isMount);
                over.Add((clock.Elapsed - ideal).TotalMilliseconds);
                Assert.Equal(Part(0), begin);
            }
            over.Sort();
            Tell($"first 64 KiB through {(isMount ? "the mount" : "the API")}: {over[over.Count / 2]:F0} ms more than that in the median of {over.Count}, {over[0]:F0} to {over[^1]:F0}");
            // How much more depends on what else the machine does; less cannot be, but for what was asked for before.
            Assert.InRange(over[over.Count / 2], -50, TestSize.Of(2000, 300));
        }

        await film.ForgetAsync();
        using var player = new Player(film.Path, FilmBytesPerSecond);
        var random = new Random(5);
        var clips = TestSize.Of(4, 12);
        for (var i = 0; i < clips; i++)
        {
            var length = TimeSpan.FromSeconds(TestSize.Of(3, 8));
            var from = random.NextInt64(((long)megabytes << 20) - (long)((length.TotalSeconds + 1) * FilmBytesPerSecond));
            await player.PlayAsync(from, length, (at, block) => Assert.True(IsRight(at, block.Span), $"wrong bytes at {at}"));
        }
        var seeks = player.Seeks.Select(seek => (First: seek.FirstBytes.TotalMilliseconds, Begin: seek.Begin.TotalMilliseconds)).ToList();
        Tell($"{clips} clips at 12 Mbit/s: {player.Stalls.Count} stalls, the longest {player.Stalls.DefaultIfEmpty().Max().TotalMilliseconds:F0} ms; from a seek to its first bytes {Median(seeks.Select(seek => seek.First)):F0} ms in the median"
            + $", at most {seeks.Max(seek => seek.First):F0}; to half a second of film {Median(seeks.Select(seek => seek.Begin)):F0} ms, at most {seeks.Max(seek => seek.Begin):F0}");
        Assert.InRange(player.Stalls.Count, 0, clips);
    }

    [Theory]
    [InlineData("the API", 80, 2048)]
    [InlineData("the mount", 60, 400)]
    public async Task Three_sources_are_nearly_three_times_as_fast_as_one_and_one_may_be_killed_in_the_middle(string through, int quick, int full)
    {
        var size = (long)TestSize.Of(quick, full) << 20;
        await using var film = await RemoteFilm.TryStartAsync(3, path => Fill(path, (int)(size >> 20)));
        if (film is null) return;
        await film.ConnectAsync(0);
        var alone = size / 5;
        double one, three, two;
        await using (var reading = await OpenAsync(film, through))
        {
            await ReadAsync(reading, 0, alone / 4);
            one = await RateAsync(film, reading, alone / 4, Math.Min(alone, (alone / 4) + 60_000_000));
        }
        await film.ForgetAsync();
        await film.ConnectAsync(1);
        await film.ConnectAsync(2);
        await using (var reading = await OpenAsync(film, through))
        {
            // At the beginning it finds out how fast each of them is.
            var from = Math.Min(size / 4, 50_000_000);
            var began = await RateAsync(film, reading, 0, from);
            var middle = size * 6 / 10;
            three = await RateAsync(film, reading, from, middle);
            Tell($"through {through}: one source {one / 1e6:F2} MB/s, three {three / 1e6:F2} MB/s: {three / one:F2} times ({began / one:F2} times at the beginning); a link lets 2.50 MB/s through");
            film.Sources[1].Kill();
            two = await RateAsync(film, reading, middle, size);
            Assert.Equal(0, await reading.ReadAsync(new byte[1]));
        }
        Tell($"through {through}: with one of the three killed at {size * 6 / 10 / 1e6:F0} of {size / 1e6:F0} MB it went on at {two / 1e6:F2} MB/s: {two / one:F2} times one source; all bytes were right");
        Assert.True(three / one >= TestSize.Of(1.5, 2.7), "three sources are not much faster than one");
        // One may be slowed by what else the machine does; more than the three links let through is a fault of the measurement.
        Assert.InRange(three, 0, 3.3 * RemoteFilm.BytesPerSecond);
        Assert.Equal(film.Viewer.Sh("sha256sum < $M/film"), Directories.Run("/bin/sh", "-c", $"sha256sum < '{film.Original}'"));
    }

    [Fact]
    public async Task A_real_film_is_probed_and_played_from_anywhere_in_it_by_ffmpeg()
    {
        if (!HasFfmpeg()) return;
        // 12 Mbit/s; its index is at its end, as cameras write it.
        var seconds = TestSize.Of(30, 1400);
        await using var film = await RemoteFilm.TryStartAsync(1, path => Directories.Run(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25,noise=alls=60:allf=t", "-t", $"{seconds}", "-c:v", "mpeg4",
            "-b:v", "12M", "-minrate", "12M", "-maxrate", "12M", "-bufsize", "6M", "-f", "mp4", path));
        if (film is null) return;
        await film.ConnectAsync(0);
        var clock = Stopwatch.StartNew();
        var duration = double.Parse(film.Viewer.Sh("ffprobe -v error -show_entries format=duration -of csv=p=0 $M/film"), CultureInfo.InvariantCulture);
        Tell($"a film of {new FileInfo(film.Original).Length / 1e6:F0} MB: ffprobe has its length after {clock.Elapsed.TotalSeconds:F2} s");
        Assert.InRange(duration, seconds - 1, seconds + 1);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, TestSize.Of(60, 3));
        var late = new List<double>();
        foreach (var part in new[] { 0.0, 0.7, 0.3, 0.9 })
        {
            const int Length = 6;
            var from = (int)((seconds - Length - 2) * part);
            clock.Restart();
            // At the film's own speed: whoever waits for bytes ends late.
            film.Viewer.Sh($"ffmpeg -v error -readrate 1 -ss {from} -i $M/film -t {Length} -f null -");
            late.Add(clock.Elapsed.TotalSeconds - Length);
        }
        Tell($"ffmpeg plays 6 s from four places in it at its own speed and ends {string.Join(", ", late.Select(each => each.ToString("F2", CultureInfo.InvariantCulture)))} s late");
        Assert.All(late, each => Assert.InRange(each, -1, TestSize.Of(60, 2)));
    }

    private static bool HasFfmpeg()
    {
        if (Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "ffmpeg")))) return true;
        var install = Process.Start("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "ffmpeg"]);
        install.WaitForExit();
        if (install.ExitCode == 0) return true;
        Console.WriteLine("skipped: ffmpeg is not here and cannot be installed; the film of random bytes shows the same");
        return false;
    }

    private static async Task<Stream> OpenAsync(RemoteFilm film, string through) => through == "the mount"
        ? new FileStream(film.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0)
        : await film.Viewer.Node.Client.ReadAsync(film.Volume, "/film", null, CancellationToken.None);

    /// <returns>Bytes a second that were read, but for those that had been read ahead before.</returns>
    private static async Task<double> RateAsync(RemoteFilm film, Stream stream, long from, long to)
    {
        var clock = Stopwatch.StartNew();
        var before = film.Carried;
        await ReadAsync(stream, from, to);
        return Math.Min(to - from, film.Carried - before) / clock.Elapsed.TotalSeconds;
    }

    private static async Task ReadAsync(Stream stream, long from, long to)
    {
        var buffer = new byte[256 << 10];
        for (var at = from; at < to;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, to - at))).AsTask().WaitAsync(Limit);
            Assert.True(read > 0, "the film ended");
            Assert.True(IsRight(at, buffer.AsSpan(0, read)), $"wrong bytes at {at}");
            at += read;
        }
    }

    private static async Task<byte[]> ReadBeginningAsync(RemoteFilm film, bool isMount)
    {
        var bytes = new byte[64 << 10];
        await using var stream = await OpenAsync(film, isMount ? "the mount" : "the API");
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Limit);
        return bytes;
    }

    /// <summary>Waits until nothing is on its way.</summary>
    private static async Task QuietAsync(RemoteFilm film)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        long before;
        do
        {
            before = film.Links[0].Carried;
            await pace.WaitForNextTickAsync();
        }
        while (film.Links[0].Carried - before > 2_000);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>Each 64 KiB of the film are random and tell their place.</summary>
    private static void Fill(string path, int megabytes)
    {
        using var file = File.Create(path);
        for (var i = 0; i < megabytes * 16; i++) file.Write(Part(i));
    }

    private static byte[] Part(int index)
    {
        var bytes = new byte[64 << 10];
        new Random(index).NextBytes(bytes);
        return bytes;
    }

    private static bool IsRight(long at, ReadOnlySpan<byte> block)
    {
        while (block.Length > 0)
        {
            var within = (int)(at % (64 << 10));
            var length = Math.Min(block.Length, (64 << 10) - within);
            if (!block[..length].SequenceEqual(Part((int)(at >> 16)).AsSpan(within, length))) return false;
            block = block[length..];
            at += length;
        }
        return true;
    }

    private static void Tell(string what) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"film: {what}"));
}
