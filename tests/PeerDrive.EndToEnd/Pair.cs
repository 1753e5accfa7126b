using System.Diagnostics;

namespace PeerDrive.EndToEnd;

/// <summary>Two nodes that share a directory: the first made the volume of it, the second joined.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private Pair(RunningNode a, RunningNode b, string source, string target)
    {
        A = a;
        B = b;
        Source = source;
        Target = target;
    }

    public RunningNode A { get; }

    public RunningNode B { get; }

    public string Source { get; }

    public string Target { get; }

    public static async Task<Pair> StartAsync(Directories directories, string source, long files, string space = "keep")
    {
        var target = directories.New("target");
        var a = await RunningNode.StartAsync(directories.Path("A"), "--link", source, "--name", "a");
        var b = await RunningNode.StartAsync(directories.Path("B"), "--name", "b");
        var pair = new Pair(a, b, source, target);
        await a.QuietAsync(files);
        await b.JoinAsync(await a.InviteAsync(), target, space);
        await b.QuietAsync(files);
        return pair;
    }

    public async Task EqualAfterAsync(Action act)
    {
        act();
        await EqualAsync();
    }

    public async Task EqualAsync()
    {
        await UntilAsync("both directories to be equal", () => Directories.Differences(Source, Target) == "");
    }

    public async Task UntilAsync(string what, Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var started = Stopwatch.StartNew();
        while (!condition())
        {
            if (started.Elapsed > Limit) Assert.Fail($"waited in vain for {what}:\n{Directories.Differences(Source, Target)}\n--- a\n{A.Log()}\n--- b\n{B.Log()}");
            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }
}
