using PeerDrive.Simulation.Histories;
using Xunit.Abstractions;

namespace PeerDrive.Simulation;

public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int Batches = 20;

    public static TheoryData<int> AllBatches => [.. Enumerable.Range(0, Batches)];

    /// <summary>PEERDRIVE_SIM_COUNT histories in all; PEERDRIVE_SIM_FIRST is the seed of the first.</summary>
    [Theory]
    [MemberData(nameof(AllBatches))]
    public void Histories(int batch)
    {
        var count = Number("PEERDRIVE_SIM_COUNT", 1000) / Batches;
        var first = Number("PEERDRIVE_SIM_FIRST", 1) + batch * count;
        var failures = new List<string>();
        for (var seed = first; seed < first + count; seed++)
        {
            if (Live(seed, out _) is { } failure) failures.Add($"seed {seed}: {failure}");
        }
        foreach (var failure in failures) output.WriteLine(failure);
        Assert.True(failures.Count == 0, $"{failures.Count} of {count}:\n{string.Join('\n', failures.Select(failure => failure.Length > 1500 ? failure[..1500] : failure))}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void A_seed_replays_to_the_same_trace_hash(int seed)
    {
        Live(seed, out var first);
        Live(seed, out var second);
        Assert.Equal(first.Lines, second.Lines);
        Assert.Equal(first.Digest(), second.Digest());
    }

    /// <summary>The seed in PEERDRIVE_SIM_SEED alone, with everything that happened.</summary>
    [Fact]
    public void One_history_told_in_full()
    {
        if (Number("PEERDRIVE_SIM_SEED", 0) is not (> 0 and var seed)) return;
        var failure = Live(seed, out var trace);
        File.WriteAllLines(Path.Combine(Path.GetTempPath(), $"history-{seed}.txt"), [.. trace.Lines, failure ?? "holds"]);
        Assert.Null(failure);
    }

    private static string? Live(int seed, out Trace trace)
    {
        using var history = new History(seed, keepsTrace: true);
        trace = history.Trace;
        try
        {
            history.Run();
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e is HistoryFailureException ? e.Message : e.ToString();
        }
    }

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
}
