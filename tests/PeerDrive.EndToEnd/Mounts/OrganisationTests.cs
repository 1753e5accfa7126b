using System.Diagnostics;
using System.Globalization;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd.Mounts;

/// <summary>Going back in time and arranging files, by the programs that everybody has, on two devices with a mount each.</summary>
[Trait("speed", "slow")]
public sealed class OrganisationTests
{
    private const string Rating = "getfattr --absolute-names --only-values -n user.baloo.rating", Tags = "getfattr --absolute-names --only-values -n user.xdg.tags";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Ratings_and_tags_go_from_file_manager_to_file_manager_and_stay_with_a_file_that_is_moved()
    {
        if (await StartAsync() is not { } pair) return;
        await using var a = pair.A;
        await using var b = pair.B;
        a.Sh("mkdir $M/trip $M/best; head -c 4000000 /dev/urandom > $M/trip/photo; setfattr -n user.baloo.rating -v 8 $M/trip/photo; setfattr -n user.xdg.tags -v beach $M/trip/photo");
        await ShowsAsync(b, $"{Rating} $M/trip/photo", "8");
        await ShowsAsync(b, $"{Tags} $M/trip/photo", "beach");
        await ShowsAsync(b, "sha256sum < $M/trip/photo", a.Sh("sha256sum < $M/trip/photo").Trim());
        Cli(b, "ln", "Files:/trip/photo", "Files:/the-photo");
        await ShowsAsync(a, "sha256sum < $M/the-photo", b.Sh("sha256sum < $M/trip/photo").Trim());
        b.Sh($"setfattr -n user.baloo.rating -v 10 $M/trip/photo");
        await ShowsAsync(a, $"{Rating} $M/trip/photo", "10");
        await a.CommittedAsync();
        await b.CommittedAsync();

        var (document, versions) = ((await b.Node.Client.DocumentAsync("Files", "/trip/photo", null, default)).Document, (await b.LogAsync("/trip/photo")).Count);
        var received = (await b.Node.Client.StatusAsync(default)).BytesReceived;
        a.Sh("mv $M/trip/photo $M/best/walrus.jpg; mv $M/trip $M/best/journey");
        await ShowsAsync(b, $"{Rating} $M/best/walrus.jpg", "10");
        await ShowsAsync(b, "ls $M/best", "journey\nwalrus.jpg");
        Assert.InRange((await b.Node.Client.StatusAsync(default)).BytesReceived - received, 0, 20_000);
        Assert.Equal("beach", b.Sh($"{Tags} $M/best/walrus.jpg"));
        Assert.Equal((document, versions), ((await b.Node.Client.DocumentAsync("Files", "/best/walrus.jpg", null, default)).Document, (await b.LogAsync("/best/walrus.jpg")).Count));
        foreach (var node in new[] { a, b }) Assert.Equal(a.Sh("sha256sum < $M/best/walrus.jpg"), node.Sh("sha256sum < $M/the-photo"));
        Assert.Contains("/the-photo", Cli(b, "backlinks", "Files:/best/walrus.jpg"), StringComparison.Ordinal);
        Assert.Equal("walrus.jpg\n", b.Sh("ls \"$M/.peerdrive/search/tag:beach rating>=4\""));
    }

    [Fact]
    public async Task Different_lines_that_two_offline_devices_edit_are_all_there_when_they_meet()
    {
        if (await StartAsync() is not { } pair) return;
        await using var a = pair.A;
        await using var b = pair.B;
        a.Sh("seq 9 > $M/lines");
        await ShowsAsync(b, "cat $M/lines", "1\n2\n3\n4\n5\n6\n7\n8\n9");
        Cli(b, "pause");
        a.Sh("sed -i s/2/two/ $M/lines");
        b.Sh("sed -i s/8/eight/ $M/lines");
        await a.CommittedAsync();
        await b.CommittedAsync();
        Assert.Equal("1\n2\n3\n4\n5\n6\n7\neight\n9\n", b.Sh("cat $M/lines"));
        Cli(b, "resume");
        foreach (var node in new[] { a, b })
        {
            await ShowsAsync(node, "cat $M/lines", "1\ntwo\n3\n4\n5\n6\n7\neight\n9");
            Assert.Empty(await node.Node.Client.ConflictsAsync("Files", default));
        }
    }

    [Fact]
    public async Task One_command_brings_back_what_an_attack_in_one_mount_did_to_both()
    {
        if (await StartAsync() is not { } pair) return;
        await using var a = pair.A;
        await using var b = pair.B;
        a.Sh("mkdir $M/d; for n in $(seq 200); do echo text of $n > $M/d/$n.txt; done; cp -r $M/d $O/before");
        await ShowsAsync(b, "ls $M/d | wc -l", "200");
        await a.CommittedAsync();
        await ShowsAsync(b, "cat $M/d/200.txt", "text of 200");
        var since = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        b.Sh("cd $M/d; for f in *.txt; do echo locked > $f; mv $f $f.locked; done; echo pay > $M/README-PAY");
        await ShowsAsync(a, "ls $M/d | grep -c locked; ls $M", "200\nREADME-PAY\nd");
        await b.CommittedAsync();
        a.Sh("echo mine > $M/meanwhile");
        await ShowsAsync(b, "cat $M/meanwhile", "mine");
        Assert.Contains("README-PAY", Cli(a, "rewind", "Files", "--device", "b", "--since", since, "--dry-run"), StringComparison.Ordinal);
        Cli(a, "rewind", "Files", "--device", "b", "--since", since);
        foreach (var node in new[] { a, b })
        {
            await ShowsAsync(node, $"diff -r $M/d '{a.Outside}/before' && ls $M", "d\nmeanwhile");
            Assert.Equal("mine\n", node.Sh("cat $M/meanwhile"));
        }
    }

    [Fact]
    public async Task A_version_that_was_let_go_here_opens_in_the_mount_while_a_device_that_kept_it_is_there()
    {
        if (await StartAsync() is not { } pair) return;
        await using var a = pair.A;
        await using var b = pair.B;
        for (var n = 1; n <= 3; n++)
        {
            a.Sh($"head -c 100000 /dev/urandom > $M/f; cp $M/f $O/{n}");
            await a.CommittedAsync();
            await ShowsAsync(b, "ls $M/.peerdrive/history/f | wc -l", $"{n}");
            await ShowsAsync(b, "sha256sum < $M/f", a.Sh("sha256sum < $M/f").Trim());
        }
        Cli(a, "retention", "Files", "--versions", "1", "--hold", "none");
        // What the rule lets go the node may have found by itself already.
        Cli(a, "thin", "Files");
        await a.Node.UntilAsync("two versions to be gone", status => status.Volumes is [{ ThinnedContents: 2 }]);
        // Who reads need not wait long for a device that is not there.
        await a.Node.Client.SetReplicaAsync("Files", new ReplicaRequest(null, 2), default);
        await b.Node.StopAsync();
        await a.Node.UntilAsync("the other to be gone", status => !status.Peers.Any(peer => peer.IsConnected));
        Assert.Contains("/f/", a.Sh($"cat {Version(1)} > /dev/null", mayFail: true), StringComparison.Ordinal);
        a.Sh("cmp $M/f $O/3");
        await b.Node.RestartAsync();
        await a.Node.UntilAsync("the other", status => status.Peers.Any(peer => peer.IsConnected));
        await ShowsAsync(a, $"cmp {Version(1)} $O/1 && echo same", "same");
        await ShowsAsync(a, $"cmp {Version(2)} $O/2 && echo same", "same");

        static string Version(int n) => $"\"$(ls -d $M/.peerdrive/history/f/* | sort | sed -n {n}p)\"";
    }

    /// <returns>Null: there are no mounts here.</returns>
    private static async Task<(MountedNode A, MountedNode B)?> StartAsync()
    {
        if (await MountedNode.TryStartAsync() is not { } a) return null;
        var b = await MountedNode.StartAsync("--name", "b");
        await b.Node.Client.JoinAsync(new JoinRequest(await a.Node.InviteAsync(), null, "keep"), CancellationToken.None);
        await ShowsAsync(b, "[ -d $M ] && echo there", "there");
        return (a, b);
    }

    /// <summary>Waits until a script prints a text.</summary>
    private static async Task ShowsAsync(MountedNode node, string script, string text)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var started = Stopwatch.StartNew();
        string shown;
        while ((shown = node.Sh(script, mayFail: true).Trim()) != text)
        {
            if (started.Elapsed > Limit) Assert.Fail($"{script} shows:\n{shown}\ninstead of:\n{text}\n{node.Node.Log()}");
            await timer.WaitForNextTickAsync();
        }
    }

    private static string Cli(MountedNode node, params string[] arguments) => Directories.Run(Path.Combine(RunningNode.Repository, "peerdrive"), [.. arguments, "--home", node.Node.Home]);
}
