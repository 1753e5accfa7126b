namespace PeerDrive.Fuse.Dispatch;

/// <summary>
/// The requests of a connection: at most <paramref name="capacity"/> in flight. When all are, readers wait until one is answered.
/// Its lock is a leaf.
/// </summary>
internal sealed class RequestPool(int capacity, int bulkBytes, int spare) : IDisposable
{
    private const int InterruptsRemembered = 16;

    private readonly object gate = new();
    private readonly List<FuseRequest> all = [];
    private readonly Stack<FuseRequest> free = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Interrupts that were read before the request they are about was seen; the oldest makes room.</summary>
    private readonly ulong[] early = new ulong[InterruptsRemembered];
    private int nextEarly;
    private bool closed;

    /// <summary>Completes when the pool is closed and nothing is in flight.</summary>
    public Task Idle => idle.Task;

    /// <returns>Null when the connection has ended.</returns>
    public FuseRequest? Rent()
    {
        lock (gate)
        {
            while (true)
            {
                if (closed) return null;
                if (free.TryPop(out var request)) return request;
                if (all.Count < capacity) break;
                Monitor.Wait(gate);
            }
            var made = new FuseRequest(bulkBytes);
            all.Add(made);
            return made;
        }
    }

    public void Return(FuseRequest request)
    {
        request.Context.Finish();
        lock (gate)
        {
            if (free.Count >= spare) request.Trim();
            free.Push(request);
            Monitor.Pulse(gate);
            CompleteWhenIdle();
        }
    }

    /// <summary>Tells a request that its caller got a signal; remembers it when the request is not there yet.</summary>
    public void Interrupt(ulong unique)
    {
        if (TryInterrupt(unique)) return;
        lock (gate) early[nextEarly++ % InterruptsRemembered] = unique;
        Interlocked.MemoryBarrier();
        TryInterrupt(unique);
    }

    /// <summary>To be asked once a request can be found by its number: was it interrupted before?</summary>
    public bool WasInterrupted(ulong unique) => early.AsSpan().Contains(unique);

    /// <summary>Interrupts everything in flight; readers that wait go away.</summary>
    public void Close()
    {
        FuseRequest[] running;
        lock (gate)
        {
            closed = true;
            running = [.. all];
            Monitor.PulseAll(gate);
            CompleteWhenIdle();
        }
        foreach (var request in running)
        {
            if (request.Context.Unique is not 0 and var unique) request.Context.TryInterrupt(unique);
        }
    }

    /// <summary>Only when nothing is in flight.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var request in all) request.Dispose();
            all.Clear();
            free.Clear();
        }
    }

    private void CompleteWhenIdle()
    {
        if (closed && free.Count == all.Count) idle.TrySetResult();
    }

    private bool TryInterrupt(ulong unique)
    {
        FuseRequest? found;
        lock (gate) found = all.Find(request => request.Context.Unique == unique);
        return found is not null && found.Context.TryInterrupt(unique);
    }
}
