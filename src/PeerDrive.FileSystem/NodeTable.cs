namespace PeerDrive.FileSystem;

/// <summary>Nodes that the kernel knows, by number. Numbers are used again, with another generation. Thread-safe; its lock is the last.</summary>
internal sealed class NodeTable
{
    private readonly Lock gate = new();
    private readonly Stack<ulong> free = [];
    private Node?[] nodes = new Node?[1024];
    private ulong end = 1;
    private ulong generation;
    private (int Count, TaskCompletionSource Reached)? awaited;

    public int Count { get; private set; }

    /// <summary>Above all numbers that were ever given.</summary>
    public ulong End => Volatile.Read(ref end);

    /// <summary>Returns when the kernel knows more nodes than that. For one caller.</summary>
    public Task WaitUntilAboveAsync(int count, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (Count > count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited = (count, reached);
            return reached.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Null: the kernel names what it has given back, or never got.</summary>
    public Node? Find(ulong id)
    {
        var current = Volatile.Read(ref nodes);
        return id < (ulong)current.Length ? Volatile.Read(ref current[id]) : null;
    }

    /// <summary>Counts a look-up; the first makes the node known.</summary>
    public T Attach<T>(T node) where T : Node
    {
        lock (gate)
        {
            node.Lookups++;
            if (node.Id != 0) return node;
            if (!free.TryPop(out var id)) id = end++;
            if (id >= (ulong)nodes.Length)
            {
                var larger = new Node?[nodes.Length * 2];
                nodes.CopyTo(larger, 0);
                Volatile.Write(ref nodes, larger);
            }
            node.Id = id;
            node.Generation = ++generation;
            Volatile.Write(ref nodes[id], node);
            Count++;
            if (awaited is { } waiting && Count > waiting.Count)
            {
                awaited = null;
                waiting.Reached.SetResult();
            }
            return node;
        }
    }

    /// <summary>Takes look-ups back.</summary>
    /// <returns>Whether the kernel knows the node no more.</returns>
    public bool Detach(Node node, ulong count)
    {
        lock (gate)
        {
            node.Lookups -= Math.Min(count, node.Lookups);
            if (node.Lookups > 0 || node.Id == 0) return node.Id == 0;
            nodes[node.Id] = null;
            free.Push(node.Id);
            node.Id = 0;
            Count--;
            return true;
        }
    }
}
