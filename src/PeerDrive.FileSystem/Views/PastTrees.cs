using PeerDrive.Storage.History;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.FileSystem.Views;

/// <summary>Old states of a volume's tree, with what was found of each, kept while somebody looks. Thread-safe.</summary>
internal sealed class PastTrees(Volume volume, TimeProvider time) : IDisposable
{
    /// <summary>Each remembers what was found in it.</summary>
    private const int MaxTrees = 3;

    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private readonly Dictionary<PastKey, Kept> trees = [];
    private ITimer? timer;

    /// <summary>Trees that are kept.</summary>
    public int Count
    {
        get
        {
            lock (gate) return trees.Count;
        }
    }

    /// <exception cref="Model.Errors.PeerDriveException">Corrupt, Io, NotFound.</exception>
    public PastTree Get(PastKey key)
    {
        lock (gate)
        {
            if (trees.TryGetValue(key, out var there))
            {
                there.Used = time.GetTimestamp();
                return there.Tree;
            }
            var tree = Make(key);
            if (trees.Count >= MaxTrees) trees.Remove(trees.MinBy(kept => kept.Value.Used).Key);
            trees[key] = new Kept(tree) { Used = time.GetTimestamp() };
            timer ??= time.CreateTimer(_ => DropIdle(), null, Idle, Idle);
            return tree;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            timer?.Dispose();
            trees.Clear();
        }
    }

    private PastTree Make(PastKey key) =>
        key.Moment is { } moment ? volume.History.TreeAt(MomentNames.Instant(moment))
        : key.Changeset is { } changeset ? volume.History.TreeAsOf(changeset)
        : volume.History.TreeAsOf(key.Revision!.Value);

    private void DropIdle()
    {
        lock (gate)
        {
            foreach (var (key, _) in trees.Where(kept => time.GetElapsedTime(kept.Value.Used) >= Idle).ToArray()) trees.Remove(key);
            if (trees.Count > 0) return;
            timer?.Dispose();
            timer = null;
        }
    }

    private sealed class Kept(PastTree tree)
    {
        public PastTree Tree => tree;

        public long Used { get; set; }
    }
}
