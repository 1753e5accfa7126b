using PeerDrive.FileSystem.Trees;

namespace PeerDrive.FileSystem;

/// <summary>
/// Bounds what a mount remembers. The kernel keeps every file that it was ever shown until it needs memory itself, and so would we;
/// when it keeps very many, it is told to forget those that nobody uses, the longest known first.
/// </summary>
internal sealed class NodeTrimmer(NodeTable table, TreeContext context) : IAsyncDisposable
{
    private const int Page = 1024;

    /// <summary>After all of them were looked at, and too few could go.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;
    private ulong hand;

    public void Start() => loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, context.Scheduler).Unwrap();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await table.WaitUntilAboveAsync(context.Settings.RememberedNodes, stop.Token).ConfigureAwait(false);
                await TrimAsync(context.Settings.RememberedNodes / 4 * 3).ConfigureAwait(false);
                await Task.Delay(Pause, context.Time, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The mount ends.
        }
    }

    /// <summary>Once around at most. The kernel gives nodes back some time after it was told.</summary>
    private async Task TrimAsync(int wanted)
    {
        if (context.Notices is not { } notices) return;
        var excess = table.Count - wanted;
        for (ulong seen = 0, end = table.End; seen < end && excess > 0; seen += Page)
        {
            var idle = new List<Place>();
            for (var i = 0; i < Page; i++)
            {
                hand = hand + 1 < end ? hand + 1 : 1;
                if (table.Find(hand) is TreeNode node && node.IdlePlaces() is { Count: > 0 } places)
                {
                    idle.AddRange(places);
                    excess--;
                }
            }
            foreach (var place in idle) await notices.NameChanged(place.Folder.Id, place.Name.Bytes.ToArray()).ConfigureAwait(false);
        }
    }
}
