using System.Threading.Channels;

namespace PeerDrive.Sync;

/// <summary>Does a step each time it is woken, one after the other; several calls before a step are one.</summary>
internal sealed class WokenLoop(Func<CancellationToken, Task> step) : IAsyncDisposable
{
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    public void Start() => loop = RunAsync();

    public void Wake() => signal.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await signal.Reader.ReadAsync(stop.Token);
                await step(stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }
}
