using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>
/// Old states of a volume's tree: computed from the whole log when they are asked for, one after the other, and kept for a while. Thread-safe.
/// Lock order: <see cref="gate"/>, the reader's connection.
/// </summary>
internal sealed class PastTrees(Volume volume, TimeProvider time, TaskScheduler scheduler) : IAsyncDisposable
{
    /// <summary>Each holds all live entries of the volume.</summary>
    private const int MaxTrees = 3;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim computing = new(1, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<PastKey, Kept> trees = [];
    private ITimer? timer;

    /// <summary>Trees that are kept, or being computed.</summary>
    public int Count
    {
        get
        {
            lock (gate) return trees.Count;
        }
    }

    /// <summary>One that was computed before, unless something came that changes it; else a task that computes it.</summary>
    /// <exception cref="Model.Errors.PeerDriveException">From the task: Corrupt, Io, NotFound.</exception>
    public Task<PastTree> GetAsync(PastKey key)
    {
        lock (gate)
        {
            if (trees.TryGetValue(key, out var there) && IsRight(there))
            {
                there.Used = time.GetTimestamp();
                return there.Tree;
            }
            trees.Remove(key);
            if (trees.Count >= MaxTrees) trees.Remove(trees.MinBy(kept => kept.Value.Used).Key);
            var made = new Kept(ComputeAsync(key), volume.Vector) { Used = time.GetTimestamp() };
            trees[key] = made;
            timer ??= time.CreateTimer(_ => DropIdle(), null, Idle, Idle);
            return made.Tree;
        }
    }

    /// <summary>Ends what is being computed; the volume is not read any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await computing.WaitAsync().ConfigureAwait(false);
        if (timer is not null) await timer.DisposeAsync().ConfigureAwait(false);
        lock (gate) trees.Clear();
    }

    private async Task<PastTree> ComputeAsync(PastKey key)
    {
        await computing.WaitAsync(stop.Token).ConfigureAwait(false);
        try
        {
            stop.Token.ThrowIfCancellationRequested();
            return await Task.Factory.StartNew(() => Compute(key), CancellationToken.None, TaskCreationOptions.None, scheduler).ConfigureAwait(false);
        }
        finally
        {
            computing.Release();
        }
    }

    private PastTree Compute(PastKey key) =>
        key.Moment is { } moment ? volume.TreeAt(MomentNames.Instant(moment))
        : key.Changeset is { } changeset ? volume.TreeAsOf(changeset)
        : volume.TreeAsOf(key.Revision!.Value);

    /// <summary>Of what is being computed it is taken to be so.</summary>
    private bool IsRight(Kept kept)
    {
        if (!kept.Tree.IsCompleted) return true;
        if (!kept.Tree.IsCompletedSuccessfully) return false;
        var now = volume.Vector;
        if (ReferenceEquals(kept.Vector, now)) return true;
        if (!volume.StillHolds(kept.Tree.Result)) return false;
        kept.Vector = now;
        return true;
    }

    private void DropIdle()
    {
        lock (gate)
        {
            foreach (var (key, kept) in trees.Where(kept => time.GetElapsedTime(kept.Value.Used) >= Idle && kept.Value.Tree.IsCompleted).ToArray()) trees.Remove(key);
            if (trees.Count > 0) return;
            timer?.Dispose();
            timer = null;
        }
    }

    private sealed class Kept(Task<PastTree> tree, Model.Changesets.VersionVector vector)
    {
        public Task<PastTree> Tree => tree;

        /// <summary>What the volume had when it was last found right.</summary>
        public Model.Changesets.VersionVector Vector { get; set; } = vector;

        public long Used { get; set; }
    }
}
