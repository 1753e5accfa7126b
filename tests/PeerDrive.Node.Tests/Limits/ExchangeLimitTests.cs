using System.Diagnostics;
using System.Globalization;
using PeerDrive.Client.Contracts;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Settings;

namespace PeerDrive.Node.Tests.Limits;

/// <summary>Limits and pauses over a real connection. Little here says how fast anything has to be, much how fast it must not be.</summary>
public class ExchangeLimitTests
{
    private const long Rate = 2_000_000;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is not null;

    private static readonly int Size = IsFull ? 42_000_000 : 12_000_000;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task A_limit_holds_up_at_who_sends_and_down_at_who_receives(bool up, bool ofOnePeer)
    {
        await using var ada = await TestNode.StartAsync();
        await using var bob = await TestNode.StartAsync("Bob");
        await ada.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        await JoinAsync(ada, bob);
        var (limited, other) = up ? (ada, bob) : (bob, ada);
        var peer = ofOnePeer ? (await other.Client.StatusAsync(default)).Device : null;
        await limited.Client.LimitAsync(new LimitRequest(peer, up ? Rate : null, up ? null : Rate, null, null, null), default);
        await WriteAsync(ada);
        await Until.TrueAsync(() => Task.FromResult(Received(bob) > Rate));
        var (clock, before) = (Stopwatch.StartNew(), Received(bob));
        await Until.TrueAsync(() => Task.FromResult(Received(bob) > Size * 9L / 10));
        var (seconds, bytes) = (clock.Elapsed.TotalSeconds, Received(bob) - before);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"limit {(up ? "up" : "down")}, {(ofOnePeer ? "of one peer" : "of all")}: {bytes} bytes in {seconds:0.00} s: {bytes / seconds / Rate:0.000} of it"));
        // A burst of a quarter of a second may lie before the end of the span.
        Assert.True(bytes <= (Rate * seconds * 1.05) + (Rate / 4), $"{bytes} bytes in {seconds} s");
        // How much less it is depends on what else the machine does, too.
        Assert.True(bytes >= Rate * seconds * (IsFull ? 0.9 : 0.5), $"{bytes} bytes in {seconds} s");
    }

    [Fact]
    public async Task A_paused_fetch_stops_its_traffic_stays_paused_over_a_restart_and_finishes_when_resumed()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        await using var ada = await TestNode.StartAsync();
        await FillAsync(ada);
        await ada.Client.LimitAsync(new LimitRequest(null, Rate, null, null, null, null), default);
        string job;
        await using (var bob = await TestNode.StartAsync("Bob", home))
        {
            await JoinAsync(ada, bob);
            await Until.TrueAsync(() => Task.FromResult(Received(bob) > Rate / 2));
            job = (await bob.Client.JobsAsync(default)).Single(each => each.Id.StartsWith("fetch-", StringComparison.Ordinal)).Id;
            Assert.Equal("paused", (await bob.Client.JobActionAsync(job, "pause", default)).State);
            await StillAsync(bob);
        }
        await using (var bob = await TestNode.StartAsync("Bob", home))
        {
            Assert.Equal(["v"], (await bob.Client.PausesAsync(default)).Fetches);
            await Until.TrueAsync(async () => (await bob.Client.PeersAsync(default)) is [{ IsOnline: true, Volumes: ["v"] }]);
            await StillAsync(bob);
            Assert.Equal("paused", (await bob.Client.JobsAsync(default)).Single(each => each.Id == job).State);
            await ada.Client.ClearLimitsAsync(null, default);
            await bob.Client.JobActionAsync(job, "resume", default);
            await Until.TrueAsync(async () => (await bob.Client.VolumesAsync(default)) is [{ MissingContents: 0 }]);
            Assert.DoesNotContain(await bob.Client.JobsAsync(default), each => each.Id == job);
        }
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task A_paused_volume_exchanges_nothing_in_either_direction_while_its_peers_stay_online()
    {
        await using var ada = await TestNode.StartAsync();
        await using var bob = await TestNode.StartAsync("Bob");
        await ada.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        await ada.Client.CreateVolumeAsync(new CreateVolume("w", false), default);
        await JoinAsync(ada, bob, "v");
        await JoinAsync(ada, bob, "w");
        await Until.TrueAsync(async () => (await bob.Client.PeersAsync(default)) is [{ IsOnline: true, Volumes.Count: 2 }]);
        Assert.Equal(["v"], (await bob.Client.PauseAsync(new PauseRequest("v"), default)).Volumes);
        await ada.Volume("v").WriteAsync("from-ada", "1");
        await bob.Volume("v").WriteAsync("from-bob", "2");
        // What is written later to the other volume arrives, so that was not held up by slowness.
        await ada.Volume("w").WriteAsync("later", "3");
        await bob.Volume("w").WriteAsync("later too", "4");
        await Until.TrueAsync(() => Task.FromResult(Files(ada, "w") == 2 && Files(bob, "w") == 2));
        Assert.Equal((1, 1), (Files(ada, "v"), Files(bob, "v")));
        Assert.True((await bob.Client.PeersAsync(default)).Single().IsOnline);
        var paused = await bob.Client.ResumeAsync(new PauseRequest("v"), default);
        Assert.Empty(paused.Volumes);
        await Until.TrueAsync(() => Task.FromResult(Files(ada, "v") == 2 && Files(bob, "v") == 2));

        Assert.True((await bob.Client.PauseAsync(new PauseRequest(null), default)).All);
        var refused = await TestNode.ProblemAsync(() => bob.Client.ResumeAsync(new PauseRequest("v"), default));
        Assert.Contains("peerdrive resume", refused.Detail, StringComparison.Ordinal);
        Assert.False((await bob.Client.ResumeAsync(new PauseRequest(null), default)).All);
    }

    [Fact]
    public async Task What_nobody_has_is_skipped_by_name_and_tried_again_when_resumed()
    {
        await using var ada = await TestNode.StartAsync();
        await using var bob = await TestNode.StartAsync("Bob");
        await ada.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        await JoinAsync(ada, bob);
        var bytes = new byte[100_000];
        new Random(3).NextBytes(bytes);
        await WriteAsync(ada, "lost.bin", bytes, store => store.ForgetAll());
        await Until.TrueAsync(async () => (await bob.Client.VolumesAsync(default)) is [{ MissingContents: 1 }]);
        string? job = null;
        await Until.TrueAsync(async () => (job = (await bob.Client.JobsAsync(default)).FirstOrDefault(each => each.Id.StartsWith("fetch-", StringComparison.Ordinal))?.Id) is not null);
        IReadOnlyList<string> skipped = [];
        await Until.TrueAsync(async () =>
        {
            try
            {
                skipped = (await bob.Client.JobActionAsync(job!, "skip", default)).Skipped;
            }
            catch (Client.PeerDriveProblemException)
            {
                // Not planned yet.
            }
            return skipped.Count > 0;
        });
        Assert.Equal(["/lost.bin"], skipped);
        Assert.Empty((await bob.Client.JobActionAsync(job!, "resume", default)).Skipped);
    }

    [Fact]
    public async Task Limits_are_kept_over_a_restart_and_cleared()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        await using (var node = await TestNode.StartAsync(home: home))
        {
            await node.Client.LimitAsync(new LimitRequest(null, 2_000_000, 10_000_000, null, null, null), default);
            await node.Client.LimitAsync(new LimitRequest(null, 500_000, null, "8:00", "18:00", "Mon-Fri"), default);
            Assert.Equal(nameof(Model.Errors.ErrorKind.Invalid), (await TestNode.ProblemAsync(() => node.Client.LimitAsync(new LimitRequest(null, 1, null, null, null, null), default))).Kind);
            Assert.Equal(nameof(Model.Errors.ErrorKind.NotFound), (await TestNode.ProblemAsync(() => node.Client.LimitAsync(new LimitRequest("nobody", 1_000_000, null, null, null, null), default))).Kind);
        }
        await using (var node = await TestNode.StartAsync(home: home))
        {
            var limits = await node.Client.LimitsAsync(default);
            Assert.Equal(2, limits.Limits.Count);
            Assert.Equal(("08:00", "18:00", "mon-fri"), (limits.Limits[1].From, limits.Limits[1].To, limits.Limits[1].Days));
            Assert.Equal(10_000_000, limits.Total.Down);
            Assert.Empty((await node.Client.ClearLimitsAsync(null, default)).Limits);
        }
        root.Delete(recursive: true);
    }

    [Fact]
    public async Task An_import_that_ended_with_the_node_is_taken_up_and_other_jobs_are_told_as_broken_off()
    {
        var root = Directory.CreateTempSubdirectory("peerdrive-node-");
        var home = Path.Combine(root.FullName, "home");
        var source = Directory.CreateDirectory(Path.Combine(root.FullName, "source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "a.txt"), "a");
        string id;
        await using (var node = await TestNode.StartAsync(home: home)) id = (await node.Client.CreateVolumeAsync(new CreateVolume("v", false), default)).Id;
        SettingsFile.Open(Path.Combine(home, "node.json")).Change(now => now with
        {
            Jobs = [new KeptJob("check", "v", "peerdrive check v"), new KeptJob("import", source, "peerdrive import", new ImportRequest(id, "/", source))],
        });
        await using (var node = await TestNode.StartAsync(home: home))
        {
            await Until.TrueAsync(async () => (await node.Client.JobsAsync(default)).Any(job => job is { Kind: "import", State: "done" }));
            Assert.Equal("a", await node.TextAsync("v", "/a.txt"));
            var broken = (await node.Client.JobsAsync(default)).Single(job => job.Kind == "check");
            Assert.Equal("failed", broken.State);
            Assert.Contains("peerdrive check v", broken.Problem, StringComparison.Ordinal);
            await Until.TrueAsync(() => Task.FromResult(SettingsFile.Open(Path.Combine(home, "node.json")).Current.Jobs.Count == 0));
        }
        root.Delete(recursive: true);
    }

    private static async Task FillAsync(TestNode node)
    {
        await node.Client.CreateVolumeAsync(new CreateVolume("v", false), default);
        await WriteAsync(node);
    }

    private static async Task WriteAsync(TestNode node)
    {
        var bytes = new byte[Size];
        new Random(1).NextBytes(bytes);
        await WriteAsync(node, "large.bin", bytes, _ => { });
    }

    private static async Task WriteAsync(TestNode node, string name, byte[] bytes, Action<Damage> then)
    {
        var volume = node.Volume("v");
        var content = volume.Contents.Store(bytes);
        then(new Damage(volume, content));
        await volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create(name), new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = content }));
    }

    private static async Task JoinAsync(TestNode from, TestNode to, string volume = "v")
    {
        var ticket = await from.Client.InviteAsync(volume, new CreateTicket("writer", 3600, []), default);
        await to.Client.JoinAsync(new JoinRequest(ticket.Ticket, null, "keep"), default);
    }

    private static long Received(TestNode node) => node.Node.Core.Sync.Peers().Sum(peer => peer.BytesReceived);

    private static long Files(TestNode node, string volume) => node.Volume(volume).Reader.Totals().Files;

    /// <summary>A second after the pause nothing more comes for a second, in which the limit would let two megabytes come.</summary>
    private static async Task StillAsync(TestNode node)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var (clock, at, last, late) = (Stopwatch.StartNew(), Received(node), TimeSpan.Zero, 0L);
        while (clock.Elapsed < TimeSpan.FromSeconds(2))
        {
            await pace.WaitForNextTickAsync();
            var (now, received) = (clock.Elapsed, Received(node));
            if (now > TimeSpan.FromSeconds(1)) late += received - at;
            // Less is no content.
            if (received - at > 1_000) last = now;
            at = received;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pause: the last content came {last.TotalMilliseconds:0} ms after it"));
        Assert.InRange(late, 0, 20_000);
        Assert.True((await node.Client.VolumesAsync(default)).Single().MissingContents > 0);
    }
}
