namespace PeerDrive.EndToEnd.Mounts;

/// <summary>What judges any file system judges a mounted volume.</summary>
[Trait("speed", "slow")]
public sealed class PosixTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is not null;

    [Fact]
    public async Task The_mount_differs_from_ext4_in_just_what_the_document_says()
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        var (_, output) = MountedNode.Posix("conformance", mounted.Files);
        var failed = Failures(output);
        var known = KnownDifferences();
        Assert.NotEmpty(known);
        Assert.Equal("", string.Join('\n', failed.Where(line => !known.Contains(NameOf(line)))));
        Assert.Equal("", string.Join('\n', known.Except(failed.Select(NameOf))));
        Assert.Contains(" passed, ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exercise", 1)]
    [InlineData("exercise", 2, "--reopen-every", "2000")]
    [InlineData("exercise", 3, "--workers", "4")]
    [InlineData("exercise", 4, "--large")]
    public async Task Random_operations_do_in_the_mount_what_they_do_in_the_model(string command, int seed, params string[] options)
    {
        await using var mounted = await MountedNode.TryStartAsync();
        if (mounted is null) return;
        var operations = command == "tree" ? IsFull ? 500_000 : 8_000 : IsFull ? 1_000_000 : 30_000;
        var (exit, output) = MountedNode.Posix([command, mounted.Files, "--seed", $"{seed}", "--operations", $"{operations}", .. options]);
        Assert.True(exit == 0, output + mounted.Node.Log());
        await mounted.CommittedAsync();
        await mounted.CheckIsCleanAsync();
    }

    /// <summary>The first column of the table in docs/posix.md.</summary>
    internal static List<string> KnownDifferences() =>
    [
        .. File.ReadLines(Path.Combine(RunningNode.Repository, "docs", "posix.md"))
            .SkipWhile(line => !line.StartsWith("## Known differences", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]),
    ];

    internal static List<string> Failures(string output) => [.. output.Split('\n').Where(line => line.StartsWith("failed: ", StringComparison.Ordinal))];

    internal static string NameOf(string line) => line["failed: ".Length..line.IndexOf(": ", "failed: ".Length, StringComparison.Ordinal)];

    [Theory]
    [InlineData(1, "500")]
    [InlineData(2, "500")]
    [InlineData(3, "100")]
    public Task Random_changes_of_the_tree_do_in_the_mount_what_they_do_in_the_model(int seed, string compareEvery) =>
        Random_operations_do_in_the_mount_what_they_do_in_the_model("tree", seed, "--compare-every", compareEvery);
}
