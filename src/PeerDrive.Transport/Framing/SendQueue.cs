using PeerDrive.Model.Errors;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Framing;

/// <summary>
/// Frames that wait to be sent, by priority, each priority bounded in bytes: a sender beyond the bound waits its turn. Any number
/// of senders, one taker. Owns the frames it holds. Continuations run on the scheduler of who awaits.
/// Frames with a payload wait for what <paramref name="rate"/> allows; all others pass them, and are counted.
/// </summary>
/// <param name="rate">Null: no limit.</param>
internal sealed class SendQueue(TimeProvider time, Throttle? rate)
{
    private static readonly int[] Bounds =
        [TransportLimits.StreamingQueueBytes, TransportLimits.ControlQueueBytes, TransportLimits.BulkQueueBytes];

    /// <summary>Timers are no finer, and waking for each frame would cost more than it smooths.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(2);

    private readonly Lock gate = new();
    private readonly Queue<Frame>[] queues = [new(), new(), new()];
    private readonly LinkedList<Waiter>[] waiters = [new(), new(), new()];
    private readonly long[] bytes = new long[3];
    private TaskCompletionSource<bool>? taker;
    private Frame? last;
    private string? closedBecause;
    private ITimer? retry;
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
            if (frame.IsUnwanted)
            {
                frame.Dispose();
                return ValueTask.CompletedTask;
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

    /// <summary>Adds a frame past the bounds, to those that never wait for a limit: for pings, of which there is never more than one.</summary>
    public void EnqueueNow(Frame frame)
    {
        lock (gate)
        {
            if (closedBecause is null) Admit((int)Priority.Control, frame);
            else frame.Dispose();
        }
    }

    /// <summary>Completes when there is something to take; false when the queue is closed and empty.</summary>
    public Task<bool> WaitToTakeAsync()
    {
        lock (gate)
        {
            if (MayTakeNow() || (last is not null && !IsAnyQueued())) return Task.FromResult(true);
            if (closedBecause is not null && !IsAnyQueued()) return Task.FromResult(false);
            taker = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            return taker.Task;
        }
    }

    /// <summary>
    /// Moves frames, the most urgent first, to <paramref name="batch"/> until it holds <paramref name="limit"/> bytes or nothing may go; that
    /// may be none.
    /// </summary>
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
            retry?.Dispose();
            retry = null;
            foreach (var list in waiters)
            {
                refused.AddRange(list);
                list.Clear();
            }
            // What a limit holds back would keep the reason from being told in time.
            if (rate is { IsLimited: true }) DropWhere(frame => HasContent(frame) && frame != closing);
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

    /// <summary>Drops queued frames of content that nobody waits for any more.</summary>
    public void DropUnwanted()
    {
        lock (gate) DropWhere(frame => frame.IsUnwanted);
    }

    private static bool HasContent(Frame frame) => frame.Type == FrameType.Application && frame.Payload.Length > 0;

    private int TakeOne(List<Frame> batch, bool leastUrgent)
    {
        var isHeld = false;
        for (var i = 0; i < queues.Length; i++)
        {
            var priority = leastUrgent ? queues.Length - 1 - i : i;
            if (!queues[priority].TryPeek(out var frame)) continue;
            if (rate is not null && HasContent(frame))
            {
                // What is less urgent must not take what a reader's frame waits for.
                if (isHeld || !rate.TryTake(frame.Wire.Length))
                {
                    isHeld = true;
                    continue;
                }
            }
            else
            {
                rate?.Count(frame.Wire.Length);
            }
            batch.Add(queues[priority].Dequeue());
            bytes[priority] -= frame.Weight;
            AdmitWaiters(priority);
            return frame.Wire.Length;
        }
        return 0;
    }

    private void AdmitWaiters(int priority)
    {
        while (waiters[priority].First is { } first && HasRoom(priority, first.Value.Frame))
        {
            waiters[priority].Remove(first);
            if (first.Value.Frame.IsUnwanted) first.Value.Frame.Dispose();
            else Admit(priority, first.Value.Frame);
            first.Value.Admitted.TrySetResult();
        }
    }

    /// <summary>Whether some frame may go now; if all wait for the limit, the taker is woken when to look again.</summary>
    private bool MayTakeNow()
    {
        TimeSpan? wait = null;
        foreach (var queue in queues)
        {
            if (!queue.TryPeek(out var frame)) continue;
            if (rate is null || !HasContent(frame)) return true;
            wait ??= rate.Wait(frame.Wire.Length);
        }
        if (wait is not { } pause) return false;
        if (pause <= TimeSpan.Zero) return true;
        retry ??= time.CreateTimer(static state => ((SendQueue)state!).Retry(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        retry.Change(pause < ShortestPause ? ShortestPause : pause, Timeout.InfiniteTimeSpan);
        return false;
    }

    private void Retry()
    {
        lock (gate)
        {
            taker?.TrySetResult(true);
            taker = null;
        }
    }

    private void DropWhere(Func<Frame, bool> isOver)
    {
        for (var priority = 0; priority < queues.Length; priority++)
        {
            for (var left = queues[priority].Count; left > 0; left--)
            {
                var frame = queues[priority].Dequeue();
                if (!isOver(frame))
                {
                    queues[priority].Enqueue(frame);
                    continue;
                }
                bytes[priority] -= frame.Weight;
                frame.Dispose();
            }
            AdmitWaiters(priority);
        }
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
