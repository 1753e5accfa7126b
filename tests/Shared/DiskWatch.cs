namespace PeerDrive.Testing;

/// <summary>Looks again and again how many bytes the files below a directory have, until it is disposed.</summary>
internal sealed class DiskWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly string directory;
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private long peak;

    public DiskWatch(string directory)
    {
        this.directory = directory;
        loop = RunAsync();
    }

    /// <summary>The most that was seen.</summary>
    public long Peak => Interlocked.Read(ref peak);

    public static long Bytes(string directory)
    {
        long sum = 0;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            try
            {
                sum += file.Length;
            }
            catch (IOException)
            {
                // It went away between being listed and being looked at.
            }
        }
        return sum;
    }

    /// <summary>Files by their bytes, the largest first, for a test that tells what takes the room.</summary>
    public static string Largest(string directory) => string.Join(", ", new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories)
        .OrderByDescending(file => file.Length).Take(6).Select(file => $"{file.Name} {file.Length / 1e6:F1} MB"));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        // On a thread of its own: looking at many files takes its time.
        await Task.Yield();
        using var timer = new PeriodicTimer(Pace);
        try
        {
            do
            {
                try
                {
                    Interlocked.Exchange(ref peak, Math.Max(Peak, Bytes(directory)));
                }
                catch (IOException)
                {
                    // A directory went away meanwhile.
                }
            }
            while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }
}
