using System.Diagnostics;

namespace PeerDrive.EndToEnd.Mounts;

/// <summary>Very many files in one directory of the mount.</summary>
[Trait("speed", "slow")]
public sealed class ManyFilesTests
{
    [Fact]
    public async Task Very_many_files_in_one_directory_are_made_listed_and_looked_at()
    {
        var count = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? 20_000 : 200_000;
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        Time("create", $$"""mkdir "$M/many"; cd "$M/many"; python3 -c 'for n in range({{count}}): open(f"file {n}", "w").write(str(n))'""");
        var started = Stopwatch.StartNew();
        await mounted.CommittedAsync();
        Console.WriteLine($"committed {started.Elapsed.TotalSeconds:0.0} s later");
        Time("list", $"""[ "$(ls -f "$M/many" | grep -c file)" = {count} ]""");
        Time("stat", $"""[ "$(find "$M/many" -type f -size -2 | wc -l)" = {count} ]""");
        Time("read some", $"""cd "$M/many"; for n in 0 77 {count - 1}; do [ "$(cat "file $n")" = $n ]; done""");
        var status = await mounted.Node.Client.StatusAsync(CancellationToken.None);
        Console.WriteLine($"memory {status.MemoryBytes >> 20} MiB with {count} files");
        Time("delete", """rm -r "$M/many" """);
        Assert.Equal("", mounted.Sh("""ls -A "$M" """));

        void Time(string what, string script)
        {
            var watch = Stopwatch.StartNew();
            mounted.Sh(script);
            Console.WriteLine($"{what} {count} files: {watch.Elapsed.TotalSeconds:0.0} s");
        }
    }
}
