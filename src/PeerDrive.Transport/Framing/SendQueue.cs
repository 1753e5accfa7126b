using PeerDrive.Model.Errors;

namespace PeerDrive.Transport.Framing;

/// <summary>
/// Frames that wait to be sent, by priority, each priority bounded in bytes: a sender beyond the bound waits its turn. Any number
/// of senders, one taker. Owns the frames it holds. Continuations run on the scheduler of who awaits.
/// </summary>
internal sealed class SendQueue
{
    private static readonly int[] Bounds =
        [TransportLimits.StreamingQueueBytes, TransportLimits.ControlQueueBytes, TransportLimits.BulkQueueBytes];

    private readonly Lock gate = new();
    private readonly Queue<Frame>[] queues = [new(), new(), new()];
    private readonly LinkedList<Waiter>[] waiters = [new(), new(), new()];
    private readonly long[] bytes = new long[3];
    private TaskCompletionSource<bool>? taker;
    private Frame? last;
    private string? closedBecause;
    private int batches;

    /// <summary>Takes ownership of <paramref name="frame"/>; completes when there is room for it.</summary>
    /// <exception cref="PeerDriveException">Unreachable: the connection closed before.</exception>
    public ValueTask EnqueueAsync(Frame frame, CancellationToken cancellationToken)
    {
        var priority = (int)frame.Priority;
        Waiter waiter;
        lock (gate)
        {
            if (closedBecause is not null || cancellationToken.IsCancellationRequested)
            {
                frame.Dispose();
                return closedBecause is null ? ValueTask.FromCanceled(cancellationToken) : ValueTask.FromException(Closed());
            }
            if (waiters[priority].Count == 0 && HasRoom(priority, frame))
            {
                Admit(priority, frame);
                return ValueTask.CompletedTask;
            }
            waiter = new Waiter(frame);
            waiters[priority].AddLast(waiter.Node);
        }
        return WaitAsync(waiter, cancellationToken);
    }

    /// <summary>Adds a frame past the bounds: for pings, of which there is never more than one.</summary>
    public void EnqueueNow(Frame frame)
    {
        lock (gate)
        {
            if (closedBecause is null) Admit((int)frame.Priority, frame);
            else frame.Dispose();
        }
    }

    /// <summary>Completes when there is something to take; false when the queue is closed and empty.</summary>
    public Task<bool> WaitToTakeAsync()
    {
        lock (gate)
        {
            if (IsAnyQueued() || last is not null) return Task.FromResult(true);
            if (closedBecause is not null) return Task.FromResult(false);
            taker = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return taker.Task;
        }
    }

    /// <summary>Moves frames, the most urgent first, to <paramref name="batch"/> until it holds <paramref name="limit"/> bytes or nothing waits.</summary>
    public void Take(List<Frame> batch, int limit)
    {
        lock (gate)
        {
            var taken = 0;
            if (++batches % TransportLimits.FairnessBatches == 0) taken += TakeOne(batch, leastUrgent: true);
            while (taken < limit)
            {
                var size = TakeOne(batch, leastUrgent: false);
                if (size == 0) break;
                taken += size;
            }
            if (last is null || IsAnyQueued()) return;
            batch.Add(last);
            last = null;
        }
    }

    /// <summary>Refuses further frames. What is queued is still sent unless <paramref name="drop"/>; then <paramref name="closing"/>.</summary>
    public void Close(string reason, Frame? closing, bool drop)
    {
        List<Waiter> refused = [];
        lock (gate)
        {
            if (closedBecause is not null)
            {
                closing?.Dispose();
                if (drop) Drop();
                return;
            }
            closedBecause = reason;
            last = closing;
            if (drop) Drop(except: closing);
            foreach (var list in waiters)
            {
                refused.AddRange(list);
                list.Clear();
            }
            taker?.TrySetResult(last is not null || IsAnyQueued());
            taker = null;
        }
        foreach (var waiter in refused)
        {
            waiter.Frame.Dispose();
            waiter.Admitted.TrySetException(Closed());
        }
    }

    private async ValueTask WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (state, token) => ((Action<CancellationToken>)state!)(token), (Action<CancellationToken>)Cancel))
            await waiter.Admitted.Task;

        void Cancel(CancellationToken token)
        {
            lock (gate)
            {
                if (waiter.Node.List is null) return;
                waiter.Node.List.Remove(waiter.Node);
                waiter.Frame.Dispose();
            }
            waiter.Admitted.TrySetCanceled(token);
        }
    }

    private int TakeOne(List<Frame> batch, bool leastUrgent)
    {
        for (var i = 0; i < queues.Length; i++)
        {
            var priority = leastUrgent ? queues.Length - 1 - i : i;
            if (!queues[priority].TryDequeue(out var frame)) continue;
            batch.Add(frame);
            bytes[priority] -= frame.Weight;
            while (waiters[priority].First is { } first && HasRoom(priority, first.Value.Frame))
            {
                waiters[priority].Remove(first);
                Admit(priority, first.Value.Frame);
                first.Value.Admitted.TrySetResult();
            }
            return frame.Wire.Length;
        }
        return 0;
    }

    private void Admit(int priority, Frame frame)
    {
        queues[priority].Enqueue(frame);
        bytes[priority] += frame.Weight;
        taker?.TrySetResult(true);
        taker = null;
    }

    private void Drop(Frame? except = null)
    {
        foreach (var queue in queues)
        {
            while (queue.TryDequeue(out var frame)) frame.Dispose();
        }
        Array.Clear(bytes);
        if (last is null || ReferenceEquals(last, except)) return;
        last.Dispose();
        last = null;
    }

    private bool HasRoom(int priority, Frame frame) => bytes[priority] == 0 || bytes[priority] + frame.Weight <= Bounds[priority];

    private bool IsAnyQueued() => queues[0].Count + queues[1].Count + queues[2].Count > 0;

    private PeerDriveException Closed() => new(ErrorKind.Unreachable, $"The connection to the peer is closed: {closedBecause}");

    private sealed class Waiter
    {
        public Waiter(Frame frame)
        {
            Frame = frame;
            Node = new LinkedListNode<Waiter>(this);
        }

        public Frame Frame { get; }

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
