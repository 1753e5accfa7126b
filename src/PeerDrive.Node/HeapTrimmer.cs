using PeerDrive.Native.Files;

namespace PeerDrive.Node;

/// <summary>
/// Gives back to the system, now and then, what SQLite freed: the C library keeps it for the threads that allocated it, and SQLite's
/// connections are used by whichever thread comes, so that after a burst each of some ten arenas holds tens of MiB.
/// </summary>
internal sealed class HeapTrimmer(TimeProvider time) : IAsyncDisposable
{
    /// <summary>A trim takes some milliseconds, in which the arena that is looked at waits.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    public void Start() => loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var tick = new PeriodicTimer(Interval, time);
        try
        {
            while (await tick.WaitForNextTickAsync(stop.Token).ConfigureAwait(false)) Libc.TrimHeap();
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }
}
