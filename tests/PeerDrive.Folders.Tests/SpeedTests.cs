using System.Diagnostics;
using Xunit.Abstractions;

namespace PeerDrive.Folders.Tests;

/// <summary>Sizes that ordinary runs leave out; what they took is printed.</summary>
[Trait("speed", "slow")]
public sealed class SpeedTests(ITestOutputHelper output) : LinkFixture
{
    [Fact]
    public async Task Twenty_thousand_files_are_scanned_scanned_again_and_written()
    {
        MakeFiles(20_000, 200);
        var b = await InviteAsync();
        await MeasureAsync("initial scan", A.LinkAsync);
        await MeasureAsync("scan again", () => A.Link.ScanAsync(CancellationToken.None));
        await MeasureAsync("scan again", () => A.Link.ScanAsync(CancellationToken.None));
        await MeasureAsync("find and stat", () =>
        {
            Shell.Run(A.Directory, "find . -printf '%s %T@\\n' | wc -l");
            return Task.CompletedTask;
        });
        await MeasureAsync("send", () => A.SendAsync(b));
        await MeasureAsync("write out", b.LinkAsync);
        await MeasureAsync("rename a folder of all", async () =>
        {
            Directory.CreateDirectory(A.PathOf("top"));
            Shell.Run(A.Directory, "mv [0-9]* top/");
            await A.IdleAsync();
        });
        await MeasureAsync("rename written out", () => A.ExchangeAsync(b));
        await MeasureAsync("one edit committed", async () =>
        {
            A.Write("top/0/0", "edited");
            var before = A.Volume.Vector;
            await Soon.UntilAsync(() => A.Volume.Vector != before);
        });
        Assert.Equal("edited", A.Content("top/0/0"));
        Assert.Equal(Shell.Run(A.Directory, "find . -type f ! -name .pd~folder | wc -l"), Shell.Run(b.Directory, "find . -type f ! -name .pd~folder | wc -l"));
    }

    [Fact]
    public async Task Very_many_files_in_one_folder_are_taken_in()
    {
        var count = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 50_000 : 200_000;
        MakeFiles(count, 1);
        await MeasureAsync("initial scan", () => FolderImportOrLinkAsync());
        Assert.Equal(count, A.Volume.Reader.Totals().Files);
        await MeasureAsync("scan again", () => A.Link.ScanAsync(CancellationToken.None));
        output.WriteLine($"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
    }

    private async Task FolderImportOrLinkAsync()
    {
        A.Link = await LinkedFolder.OpenAsync(A.Volume, A.Settings, new FolderContext(TimeProvider.System, new Random(1), TaskScheduler.Default));
        await A.Link.IdleAsync(CancellationToken.None);
    }

    private void MakeFiles(int count, int folders)
    {
        var random = new Random(5);
        var bytes = new byte[16 << 10];
        for (var i = 0; i < folders; i++) Directory.CreateDirectory(A.PathOf($"{i}"));
        for (var i = 0; i < count; i++)
        {
            var length = folders == 1 ? 40 : random.Next(1 << 10, 10 << 10);
            random.NextBytes(bytes.AsSpan(0, length));
            using var file = File.Create(A.PathOf($"{i % folders}/{i}"));
            file.Write(bytes, 0, length);
        }
    }

    private async Task MeasureAsync(string what, Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        output.WriteLine($"{what}: {watch.Elapsed.TotalMilliseconds:0} ms");
    }
}
