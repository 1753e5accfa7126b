namespace PeerDrive.Transport.Framing;

/// <summary>
/// Frames that were received and wait for the layer above. One producer, one consumer. Before authorisation the producer may go on
/// only while the consumer is asking: so each frame is judged by what the consumer decided after the one before, and a stranger
/// fills no queue. Owns the frames it holds. Continuations run on the scheduler of who awaits.
/// </summary>
internal sealed class ReceiveQueue
{
    private readonly Lock gate = new();
    private readonly Queue<Frame> frames = new();
    private TaskCompletionSource? room;
    private TaskCompletionSource<Frame?>? taker;
    private long bytes;
    private bool authorized;
    private bool completed;

    public bool IsAuthorized
    {
        get
        {
            lock (gate) return authorized;
        }
    }

    /// <summary>Whether the producer waits for the consumer just now.</summary>
    public bool IsFull
    {
        get
        {
            lock (gate) return room is not null;
        }
    }

    /// <summary>Lifts the limits for strangers.</summary>
    public void Authorize()
    {
        lock (gate)
        {
            authorized = true;
            SignalRoom();
        }
    }

    /// <summary>Completes when the next frame may be read.</summary>
    public Task WaitForRoomAsync()
    {
        lock (gate)
        {
            if (HasRoom()) return Task.CompletedTask;
            room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return room.Task;
        }
    }

    /// <summary>Takes ownership of <paramref name="frame"/>, and drops it when the queue is closed.</summary>
    public void Add(Frame frame)
    {
        lock (gate)
        {
            if (completed)
            {
                frame.Dispose();
                return;
            }
            if (taker is not null)
            {
                var waiting = taker;
                taker = null;
                waiting.TrySetResult(frame);
                return;
            }
            frames.Enqueue(frame);
            bytes += frame.Weight;
        }
    }

    /// <summary>The next frame, which the caller then owns; null when there will be none.</summary>
    public ValueTask<Frame?> TakeAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<Frame?> waiting;
        lock (gate)
        {
            if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<Frame?>(cancellationToken);
            if (taker is not null) throw new InvalidOperationException("A connection has one receiver at a time.");
            if (frames.TryDequeue(out var frame))
            {
                bytes -= frame.Weight;
                SignalRoom();
                return ValueTask.FromResult<Frame?>(frame);
            }
            if (completed) return ValueTask.FromResult<Frame?>(null);
            waiting = taker = new TaskCompletionSource<Frame?>(TaskCreationOptions.RunContinuationsAsynchronously);
            SignalRoom();
        }
        return cancellationToken.CanBeCanceled ? WaitAsync(waiting, cancellationToken) : new ValueTask<Frame?>(waiting.Task);
    }

    /// <summary>No further frames come. What is queued can still be taken unless <paramref name="drop"/>.</summary>
    public void Complete(bool drop)
    {
        lock (gate)
        {
            completed = true;
            if (drop)
            {
                while (frames.TryDequeue(out var frame)) frame.Dispose();
                bytes = 0;
            }
            taker?.TrySetResult(null);
            taker = null;
            SignalRoom();
        }
    }

    private async ValueTask<Frame?> WaitAsync(TaskCompletionSource<Frame?> waiting, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static (state, token) => ((Action<CancellationToken>)state!)(token), (Action<CancellationToken>)Cancel))
            return await waiting.Task;

        void Cancel(CancellationToken token)
        {
            lock (gate)
            {
                if (!ReferenceEquals(taker, waiting)) return;
                taker = null;
            }
            waiting.TrySetCanceled(token);
        }
    }

    private bool HasRoom() =>
        completed || (authorized ? bytes < TransportLimits.ReceiveQueueBytes : frames.Count == 0 && taker is not null);

    private void SignalRoom()
    {
        if (room is null || !HasRoom()) return;
        room.TrySetResult();
        room = null;
    }
}
