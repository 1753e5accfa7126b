using System.Diagnostics;

namespace PeerDrive.EndToEnd.Mounts;

/// <summary>The node is killed while programs write in the mount.</summary>
[Trait("speed", "slow")]
public sealed class CrashTests
{
    [Fact]
    public async Task Killed_again_and_again_under_load_it_keeps_what_it_promised()
    {
        var rounds = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 20 : 200;
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        var folder = Path.Combine(mounted.Files, "crash");
        mounted.Sh("mkdir \"$M/crash\"; sync \"$M/crash\" \"$M\"");
        await mounted.CommittedAsync();
        var ledger = Path.Combine(mounted.Outside, "ledger");
        var random = new Random(7);
        for (var round = 1; round <= rounds; round++)
        {
            using (var writer = StartWriter(folder, ledger, round))
            {
                // Somewhere in the first or the second thousand of operations.
                var after = random.Next(1, 3);
                for (var seen = 0; seen < after && await writer.StandardOutput.ReadLineAsync() is { } line;)
                {
                    if (line.EndsWith(" operations", StringComparison.Ordinal)) seen++;
                }
                mounted.Node.Kill();
                var rest = await writer.StandardOutput.ReadToEndAsync();
                await writer.WaitForExitAsync();
                Assert.True(writer.ExitCode == 0, $"round {round}: {rest}");
            }
            await mounted.Node.RestartAsync();
            var (exit, output) = MountedNode.Posix("crash-check", folder, "--ledger", ledger);
            Assert.True(exit == 0, $"round {round}: {output}\n{mounted.Node.Log()}");
        }
        await mounted.CheckIsCleanAsync();
        mounted.Sh("echo works > \"$M/after\"; cat \"$M/after\"");
    }

    private static Process StartWriter(string folder, string ledger, int seed) =>
        Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "PeerDrive.Posix.dll"), "crash-writer", folder, "--ledger", ledger, "--seed", $"{seed}"])
        {
            RedirectStandardOutput = true,
        })!;
}
