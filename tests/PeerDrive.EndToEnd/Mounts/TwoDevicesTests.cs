using System.Diagnostics;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd.Mounts;

/// <summary>Two devices, one of them or both with a mount.</summary>
[Trait("speed", "slow")]
public sealed class TwoDevicesTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_kind_of_edit_on_either_side_shows_on_the_other(bool both)
    {
        await using var a = await MountedNode.TryStartAsync();
        if (a is null) return;
        await using var b = await MountedNode.StartAsync();
        var linked = Path.Combine(b.Outside, "linked");
        await b.Node.JoinAsync(await a.Node.InviteAsync(), linked);
        var (here, there) = (a.Files, both ? b.Files : linked);
        foreach (var (from, to, n) in new[] { (here, there, 1), (there, here, 2) })
        {
            foreach (var edit in new[]
            {
                "mkdir -p deep$n/in; echo one > new$n; seq 10000 > deep$n/in/numbers", "echo more >> new$n", "mv new$n renamed$n", "mkdir other$n; mv deep$n other$n/moved",
                "chmod 501 renamed$n", "ln -s renamed$n symlink$n", "rm symlink$n", "echo temporary > t$n; sync t$n; mv t$n renamed$n", "rm -r other$n/moved/in", "truncate -s 5 renamed$n",
            })
            {
                a.Sh($"n={n}; cd '{from}'; {edit}");
                await EqualAsync(a, from, to, edit);
            }
        }
        await a.CheckIsCleanAsync();
        await b.CheckIsCleanAsync();
    }

    [Fact]
    public async Task A_change_shows_at_once_in_an_open_directory_of_the_other_mount()
    {
        await using var a = await MountedNode.TryStartAsync();
        if (a is null) return;
        await using var b = await MountedNode.StartAsync();
        await b.Node.JoinAsync(await a.Node.InviteAsync(), Path.Combine(b.Outside, "linked"));
        a.Sh("echo 0 > \"$M/file\"");
        await EqualAsync(a, a.Files, b.Files, "the first file");
        var times = new List<double>();
        for (var n = 1; n <= 20; n++)
        {
            // Another program reads, so that the time is what a person would see, polling included.
            var text = a.Sh($$"""
                python3 - "$M/file" "{{b.Files}}/file" {{n}} <<'PY'
                import sys, time
                mine, theirs, n = sys.argv[1:]
                with open(mine, "w") as f: f.write(n)
                start = time.monotonic()
                while open(theirs).read() != n:
                    assert time.monotonic() - start < 60
                print(time.monotonic() - start)
                PY
                """);
            times.Add(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        }
        times.Sort();
        Console.WriteLine($"closed in one mount, read in the other: median {times[times.Count / 2] * 1000:0} ms, worst {times[^1] * 1000:0} ms");
        Assert.True(times[times.Count / 2] < 10);
    }

    [Theory]
    [InlineData("exercise", 1_000_000, 30_000, "exercise-*/")]
    [InlineData("tree", 200_000, 10_000, "./")]
    public async Task Random_operations_are_right_while_another_device_changes_what_lies_beside(string command, int full, int quick, string folders)
    {
        await using var a = await MountedNode.TryStartAsync();
        if (a is null) return;
        await using var b = await MountedNode.StartAsync();
        await b.Node.Client.JoinAsync(new JoinRequest(await a.Node.InviteAsync(), Path.Combine(b.Outside, "linked"), "keep"), CancellationToken.None);
        a.Sh("echo 0 > \"$M/file\"");
        await EqualAsync(a, a.Files, b.Files, "the first file");
        var operations = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? quick : full;
        // Made, changed, renamed and removed over there, in the very folder where that has come already.
        var changes = $$"""
            cd '{{b.Files}}'
            for n in $(seq 1000000); do
                date > file
                for d in {{folders}}; do
                    [ -d "$d" ] || continue
                    seq $n > "$d/new-$n" && echo more >> "$d/new-$n" && mv "$d/new-$n" "$d/beside" && sleep 0.05 && rm "$d/beside" && echo $n >> '{{b.Outside}}/done'
                done
            done
            """;
        using var meanwhile = Process.Start("/bin/bash", ["-c", changes]);
        try
        {
            a.Sh("until grep -qv '^0$' \"$M/file\"; do sleep 0.05; done");
            var (exit, output) = MountedNode.Posix(command, a.Files, "--seed", "11", "--operations", $"{operations}", "--keep");
            Assert.True(exit == 0, output + a.Node.Log());
        }
        finally
        {
            meanwhile.Kill(entireProcessTree: true);
            await meanwhile.WaitForExitAsync();
        }
        Assert.NotEmpty(File.ReadAllLines(Path.Combine(b.Outside, "done")));
        await EqualAsync(a, a.Files, b.Files, "all of it");
        await EqualAsync(b, b.Files, Path.Combine(b.Outside, "linked"), "all of it in the linked folder");
        await a.CheckIsCleanAsync();
        await b.CheckIsCleanAsync();
    }

    private static async Task EqualAsync(MountedNode node, string first, string second, string after)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var started = Stopwatch.StartNew();
        string differences;
        // A child process looks, as the mounts are served by others.
        while ((differences = node.Sh($"if [ -d '{first}' ] && [ -d '{second}' ]; then rsync -ani --omit-dir-times --checksum --delete --exclude='.pd~*' '{first}/' '{second}/'; else echo missing; fi", mayFail: true)) != "")
        {
            if (started.Elapsed > Limit) Assert.Fail($"not equal after {after}:\n{differences}\n{node.Node.Log()}");
            await timer.WaitForNextTickAsync();
        }
    }
}
