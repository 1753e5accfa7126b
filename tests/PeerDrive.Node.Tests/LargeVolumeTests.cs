using System.Diagnostics;
using System.Globalization;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Testing;

namespace PeerDrive.Node.Tests;

/// <summary>A volume of many files that changed several times, on a device that has little room.</summary>
[Trait("speed", "slow")]
public sealed class LargeVolumeTests
{
    private const int Revisions = 3, FilesInFolder = 500, FileBytes = 1_500;

    /// <summary>What a device that keeps no contents may need for a file with its revisions: of 100,000 files 150 MB in all.</summary>
    private const long MostBytesOfFile = 1_500;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is not null;

    /// <summary>Journals besides: in the end, and while the history comes.</summary>
    private static readonly long JournalBytes = IsFull ? 0 : 25_000_000, MostJournalBytes = 100_000_000;

    private static readonly int Folders = IsFull ? 200 : 30;

    private static readonly int Files = Folders * FilesInFolder;

    [Fact]
    public async Task Who_joins_for_the_names_alone_lists_them_at_once_stays_small_and_brings_one_folder()
    {
        await using var ada = await TestNode.StartAsync();
        var clock = Stopwatch.StartNew();
        await FillAsync(ada);
        Tell($"{Files} files with {Files * Revisions} revisions were made in {clock.Elapsed.TotalSeconds:F0} s");
        var bob = await TestNode.StartAsync("Bob");
        await using var stopped = bob;
        await using var watch = new DiskWatch(bob.Home);
        var ticket = await ada.Client.InviteAsync("v", new CreateTicket("writer", 3600, []), default);
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        clock.Restart();
        await bob.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep") { Policy = "metadata" }, default);
        await UntilAsync("the tree", async () => (await bob.Client.VolumesAsync(default)) is [{ } joined] && joined.Files == Files);
        var shown = (await bob.Client.VolumesAsync(default))[0];
        Tell($"all files are shown {clock.Elapsed.TotalSeconds:F1} s after the join began, with {(shown.Checkpoint is { } checkpoint ? $"{checkpoint.Progress:P0}" : "all")} of the history");
        Assert.Equal(Files, (await bob.Client.ListAsync("v", "/", true, default)).Count(entry => entry.Kind == "file"));
        Tell($"and listed after {clock.Elapsed.TotalSeconds:F1} s");
        await UntilAsync("the history", async () => (await bob.Client.VolumesAsync(default)) is [{ Checkpoint: null, MissingChangesets: 0, MissingContents: 0, DevicesCompared: > 0 }]);
        process.Refresh();
        Tell($"all of the history is here and verified after {clock.Elapsed.TotalSeconds:F1} s; the process of both nodes grew by {(process.WorkingSet64 - before) / 1e6:F0} MB to {process.WorkingSet64 / 1e6:F0} MB");
        Assert.Empty((await bob.Client.VolumesAsync(default))[0].Problems);
        Assert.Equal(Revisions, (await bob.Client.LogAsync("v", "/folder0/f0", default)).Count);
        var size = DiskWatch.Bytes(bob.Home);
        Tell($"disk: {size / 1e6:F1} MB, {size / Files} bytes a file: {DiskWatch.Largest(bob.Home)}; at most {watch.Peak / 1e6:F1} MB");
        Assert.InRange(size, 1, (MostBytesOfFile * Files) + JournalBytes);
        Assert.InRange(watch.Peak, 1, (MostBytesOfFile * Files) + MostJournalBytes);

        // Those of old revisions are absent, too.
        var absent = (await bob.Client.VolumesAsync(default))[0].AbsentContents;
        await bob.Client.PinAsync("v", new PathRequest("/folder1", null), default);
        await UntilAsync("the pinned folder", async () => (await bob.Client.VolumesAsync(default))[0] is { MissingContents: 0 } now && now.AbsentContents == absent - FilesInFolder);
        var here = await bob.Client.WhereAsync("v", "/", default);
        Assert.Equal((Files, FilesInFolder, (long)FilesInFolder * FileBytes), (here.Files, here.HereFiles, here.HereBytes));
        Assert.Equal(FilesInFolder, (await bob.Client.WhereAsync("v", "/folder1", default)).HereFiles);
        Tell($"the pinned folder and nothing else is here: {here.HereFiles} files, {here.HereBytes} bytes");
        await using var stream = await bob.Client.ReadAsync("v", "/folder1/f7", null, default);
        var bytes = new byte[FileBytes];
        await stream.ReadExactlyAsync(bytes);
        Assert.Equal(Bytes(1, 7, Revisions - 1), bytes);
    }

    private static async Task FillAsync(TestNode node)
    {
        await node.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        var volume = node.Volume("v");
        var entries = new EntryId[Files];
        for (var revision = 0; revision < Revisions; revision++)
        {
            for (var folder = 0; folder < Folders; folder++)
            {
                var (at, round) = (folder, revision);
                var states = Enumerable.Range(0, FilesInFolder).Select(file => State(volume.Contents.Store(Bytes(at, file, round)))).ToList();
                await volume.CommitAsync(edit =>
                {
                    if (round > 0)
                    {
                        for (var file = 0; file < FilesInFolder; file++) edit.Revise(entries[(at * FilesInFolder) + file], states[file]);
                        return;
                    }
                    var made = edit.Create(EntryId.Root, EntryName.Create($"folder{at}"), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED });
                    for (var file = 0; file < FilesInFolder; file++) entries[(at * FilesInFolder) + file] = edit.Create(made.Id, EntryName.Create($"f{file}"), states[file]).Id;
                });
            }
        }
    }

    private static RevisionState State(Content content) => new() { Kind = DocumentKind.File, Mode = 0x1A4, Content = content };

    /// <summary>Random bytes, more than travel with a changeset.</summary>
    private static byte[] Bytes(int folder, int file, int revision)
    {
        var bytes = new byte[FileBytes];
        new Random((((folder * FilesInFolder) + file) * Revisions) + revision).NextBytes(bytes);
        return bytes;
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        try
        {
            while (!await condition()) await pace.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"waited in vain for {what}");
        }
    }

    private static void Tell(FormattableString what) => Console.WriteLine("large volume: " + what.ToString(CultureInfo.InvariantCulture));
}
