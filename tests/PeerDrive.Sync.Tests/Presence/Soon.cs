namespace PeerDrive.Sync.Tests.Presence;

/// <summary>For what is no event: it is looked at from time to time.</summary>
internal static class Soon
{
    public static async Task UntilAsync(string what, Func<bool> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        try
        {
            while (!condition()) await timer.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"waited in vain for {what}");
        }
    }
}
