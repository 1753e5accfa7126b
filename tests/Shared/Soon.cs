namespace PeerDrive.Testing;

/// <summary>Waiting for what must happen, with a limit so generous that only a fault reaches it.</summary>
internal static class Soon
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static Task<T> OrFail<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task OrFail(this Task task) => task.WaitAsync(Limit);

    public static Task<T> OrFail<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);

    public static Task OrFail(this ValueTask task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Waits for a state that no task announces.</summary>
    public static Task UntilAsync(Func<bool> condition) => UntilAsync("what was to happen", condition);

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public static async Task UntilAsync(string what, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        try
        {
            while (!condition()) await pace.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Waited in vain for {what}.");
        }
    }
}
