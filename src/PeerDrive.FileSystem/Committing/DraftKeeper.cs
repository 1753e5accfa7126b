using PeerDrive.FileSystem.Trees;
using PeerDrive.Storage.Drafts;

namespace PeerDrive.FileSystem.Committing;

/// <summary>Saves the drafts of files that stay open for long, so that a crash takes little of what was written to them.</summary>
internal sealed class DraftKeeper(VolumeTree tree) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<TreeNode, DraftStamp> saved = [];
    private Task loop = Task.CompletedTask;

    public void Start() => loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).Unwrap();

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
                await Task.Delay(Interval, tree.Context.Time, stop.Token).ConfigureAwait(false);
                foreach (var (node, stamp) in TakeUnsaved())
                {
                    // What cannot be saved now is tried again; whoever wants to know calls fsync.
                    if (await tree.Files.SyncAsync(node).ConfigureAwait(false) is null) saved[node] = stamp;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The mount ends.
        }
    }

    /// <summary>Files that have been open and changed for a whole interval, and were written to since they were saved.</summary>
    private List<(TreeNode Node, DraftStamp Stamp)> TakeUnsaved()
    {
        lock (tree.Gate)
        {
            var now = tree.Context.Time.GetTimestamp();
            var open = tree.Due.Nodes.Where(node => node is { Writers: > 0, Draft: not null, IsContentChanged: true }
                && tree.Context.Time.GetElapsedTime(node.ChangedSince, now) >= Interval).ToList();
            foreach (var node in saved.Keys.Except(open).ToList()) saved.Remove(node);
            var unsaved = new List<(TreeNode, DraftStamp)>();
            foreach (var node in open)
            {
                var stamp = node.Draft!.Stamp();
                if (saved.TryGetValue(node, out var last) && last == stamp) continue;
                unsaved.Add((node, stamp));
            }
            return unsaved;
        }
    }
}
