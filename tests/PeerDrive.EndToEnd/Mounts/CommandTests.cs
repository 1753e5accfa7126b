namespace PeerDrive.EndToEnd.Mounts;

/// <summary>Mounting as a person does it.</summary>
[Trait("speed", "slow")]
public sealed class CommandTests
{
    [Fact]
    public async Task A_mount_in_use_is_not_taken_away_and_one_that_is_free_is()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        var busy = mounted.Sh($"""cd "$M"; {Cli} unmount --home "{mounted.Node.Home}" """, mayFail: true);
        Assert.Contains("Programs use files", busy, StringComparison.Ordinal);
        Assert.Contains("Files", mounted.Sh($"ls '{mounted.Mount}'"), StringComparison.Ordinal);
        mounted.Sh($"""{Cli} unmount --home "{mounted.Node.Home}" """);
        Assert.Equal("", mounted.Sh($"ls -A '{mounted.Mount}'"));
        // That it was taken away is remembered, and so is where it was put.
        await mounted.Node.StopAsync();
        var elsewhere = Path.Combine(mounted.Outside, "elsewhere");
        mounted.Sh($"""
            export PEERDRIVE_ANNOUNCE=off PEERDRIVE_LISTEN=127.0.0.1
            run() {"{"} {Cli} up --home "{mounted.Node.Home}" "$@" > "$O/log" 2>&1 & node=$!; until {Cli} status --home "{mounted.Node.Home}" > "$O/status" 2>&1; do kill -0 $node; done; {"}"}
            run; ! grep Mounted "$O/status"; {Cli} mount "{elsewhere}" --home "{mounted.Node.Home}"; ls "{elsewhere}/Files"; {Cli} down --home "{mounted.Node.Home}"; wait $node
            run; grep "Mounted at {elsewhere}" "$O/status"; {Cli} down --home "{mounted.Node.Home}"; wait $node
            run --no-mount; ! grep Mounted "$O/status"; {Cli} down --home "{mounted.Node.Home}"; wait $node
            """);
        await mounted.Node.RestartAsync();
    }

    [Fact]
    public async Task Places_that_do_not_do_are_refused_in_a_sentence()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        mounted.Sh($"""{Cli} unmount --home "{mounted.Node.Home}" """);
        var inside = mounted.Sh($"""{Cli} mount "{mounted.Node.Home}/here" --home "{mounted.Node.Home}" """, mayFail: true);
        Assert.Contains("must not lie in each other", inside, StringComparison.Ordinal);
        var file = mounted.Sh($"""touch "$O/file"; {Cli} mount "$O/file" --home "{mounted.Node.Home}" """, mayFail: true);
        Assert.Contains($"{mounted.Outside}/file", file, StringComparison.Ordinal);
        // What lies in the directory is hidden by the mount, and is there again after it.
        mounted.Sh($"""
            mkdir "$O/full"; echo mine > "$O/full/mine"
            if {Cli} mount "$O/full" --home "{mounted.Node.Home}"; then {Cli} unmount --home "{mounted.Node.Home}"; fi
            [ "$(cat "$O/full/mine")" = mine ]
            """);
    }

    [Fact]
    public async Task Without_the_kernel_device_a_sentence_says_so_and_the_node_runs()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        mounted.Sh($"""
            export PEERDRIVE_ANNOUNCE=off PEERDRIVE_LISTEN=127.0.0.1
            if ! unshare -m true 2> /dev/null; then echo 'skipped: no mount namespaces here'; exit 0; fi
            touch "$O/none"
            unshare -m sh -c 'mount --make-rprivate /; mount --bind "$1" /dev/fuse; shift; exec "$@"' sh "$O/none" timeout 60 {Cli} up --home "$O/other" --mount "$O/other.mount" > "$O/said" 2>&1 || true
            grep -i fuse "$O/said"
            """);
    }

    private static string Cli => Path.Combine(RunningNode.Repository, "peerdrive");
}
