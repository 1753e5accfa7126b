using System.Threading.Channels;
using PeerDrive.FileSystem.Trees;
using PeerDrive.Model.Errors;

namespace PeerDrive.FileSystem.Committing;

/// <summary>Brings what happened in the mount into the volume: a moment after it happened, many changes in one commit.</summary>
internal sealed class CommitLoop(VolumeTree tree) : IAsyncDisposable
{
    /// <summary>After a commit that failed.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>After one that did not.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(3);

    /// <summary>Before rows of drafts go that are committed: until then a crash would bring back what they were.</summary>
    private static readonly TimeSpan EndedRest = TimeSpan.FromSeconds(1);

    /// <summary>Times as long as a commit took is rested after it.</summary>
    private const int RestFactor = 4;

    /// <summary>Changes that may wait before commits go on without a rest.</summary>
    private const int MostPending = 4_000;

    private readonly Channel<bool> signal = NewSignal(), flushes = NewSignal();
    private readonly Lock waitersGate = new();
    private readonly DueChanges due = tree.Due;
    private List<TaskCompletionSource<ErrorKind?>> waiters = [];
    private Task loop = Task.CompletedTask;
    private volatile bool isStopping;
    private TaskCompletionSource ended = NewEnd();
    private int failures;
    private TimeSpan pause;
    private long lastEnd;

    /// <summary>Why the last commit failed; null: it did not.</summary>
    public string? Problem { get; private set; }

    /// <summary>The volume is taking a commit.</summary>
    public bool IsCommitting { get; private set; }

    public void Start() => loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, tree.Context.Scheduler).Unwrap();

    public void Wake() => signal.Writer.TryWrite(true);

    /// <summary>Commits all that can be, whether it is due or not.</summary>
    /// <returns>Why that failed.</returns>
    public Task<ErrorKind?> FlushAsync()
    {
        var waiter = new TaskCompletionSource<ErrorKind?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (waitersGate) waiters.Add(waiter);
        flushes.Writer.TryWrite(true);
        Wake();
        return waiter.Task;
    }

    public async ValueTask DisposeAsync()
    {
        isStopping = true;
        flushes.Writer.TryWrite(true);
        Wake();
        await loop.ConfigureAwait(false);
    }

    /// <summary>Ends with the commit that is under way or comes next.</summary>
    public Task Ended => Volatile.Read(ref ended).Task;

    private static TaskCompletionSource NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Channel<bool> NewSignal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private async Task RunAsync()
    {
        while (!isStopping)
        {
            await WaitAsync().ConfigureAwait(false);
            List<TaskCompletionSource<ErrorKind?>> served;
            lock (waitersGate)
            {
                served = waiters;
                waiters = [];
            }
            var failure = await CommitAsync(all: served.Count > 0).ConfigureAwait(false);
            foreach (var waiter in served) waiter.TrySetResult(failure);
            Interlocked.Exchange(ref ended, NewEnd()).TrySetResult();
        }
        var last = await CommitAsync(all: true).ConfigureAwait(false);
        lock (waitersGate)
        {
            foreach (var waiter in waiters) waiter.TrySetResult(last);
        }
    }

    /// <summary>Until somebody waits for a commit, or something is due and the pause after the last one is over.</summary>
    private async Task WaitAsync()
    {
        while (!isStopping)
        {
            lock (waitersGate)
            {
                if (waiters.Count > 0) return;
            }
            var pausing = pause - tree.Context.Time.GetElapsedTime(lastEnd);
            if (pausing > TimeSpan.Zero)
            {
                // Only who waits for a commit cuts the pause short.
                await SleepAsync(flushes, pausing).ConfigureAwait(false);
                continue;
            }
            TimeSpan? rest;
            lock (tree.Gate)
            {
                rest = due.UntilDue();
                if (tree.Files.HasEnded)
                {
                    var left = EndedRest - tree.Context.Time.GetElapsedTime(lastEnd);
                    if (left <= TimeSpan.Zero) return;
                    if (!(rest < left)) rest = left;
                }
            }
            if (rest == TimeSpan.Zero) return;
            await SleepAsync(signal, rest).ConfigureAwait(false);
        }
    }

    private async Task SleepAsync(Channel<bool> until, TimeSpan? time)
    {
        using var cancel = new CancellationTokenSource();
        var woken = until.Reader.ReadAsync(cancel.Token).AsTask();
        if (time is { } limit) await Task.WhenAny(woken, Task.Delay(limit, tree.Context.Time, cancel.Token)).ConfigureAwait(false);
        else await woken.ConfigureAwait(false);
        await cancel.CancelAsync().ConfigureAwait(false);
        try
        {
            await woken.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The time was up.
        }
    }

    /// <summary>Commits what is due, or all that can be; what cannot is set aside, and the rest goes on without it.</summary>
    /// <returns>Why something could not be.</returns>
    private async Task<ErrorKind?> CommitAsync(bool all)
    {
        var begun = tree.Context.Time.GetTimestamp();
        PeerDriveException? failure;
        EndedDrafts ended;
        lock (tree.Gate) ended = tree.Files.TakeEnded();
        for (var isFirst = true; ; isFirst = false)
        {
            CommitBatch batch;
            lock (tree.Gate) batch = due.Take(all, triesAgain: isFirst);
            Store(batch);
            lock (tree.Gate) batch.DropPutOff(tree);
            if (batch.IsEmpty)
            {
                failure = null;
                break;
            }
            failure = await CommitAsync(batch).ConfigureAwait(false);
            if (failure is null || !IsOfOneChange(failure.Kind)) break;
        }
        if (failure is null)
        {
            tree.Files.Discard(ended);
        }
        else
        {
            lock (tree.Gate) tree.Files.PutBack(ended);
            Problem = failure.Message;
            Rest(TimeSpan.FromSeconds(Math.Min(1 << Math.Min(failures++, 5), LongestPause.TotalSeconds)));
            return failure.Kind;
        }
        failures = 0;
        SetAside? aside;
        lock (tree.Gate) aside = due.Problem;
        Problem = aside?.Message;
        // A burst is committed in few large steps, and the programs that make it come first, until too much waits.
        var wanted = tree.Context.Time.GetElapsedTime(begun) * RestFactor;
        Rest(tree.Pending > MostPending ? TimeSpan.Zero : wanted < LongestRest ? wanted : LongestRest);
        return aside?.Kind;
    }

    /// <returns>Why the volume took nothing of it; null: it has all.</returns>
    private async Task<PeerDriveException?> CommitAsync(CommitBatch batch)
    {
        CommitApply? apply = null;
        // Who follows the volume is not to see a commit before the mount knows of it.
        await tree.Committing.WaitAsync().ConfigureAwait(false);
        IsCommitting = true;
        try
        {
            await tree.Volume.CommitAsync(edit =>
            {
                apply = new CommitApply(tree, edit, batch.Names, batch.Nodes);
                apply.Run();
            }, show: commit =>
            {
                // What is counted and looked up is the volume's state and what the mount has ahead of it: both change at once.
                lock (tree.Gate)
                {
                    commit();
                    batch.Finish(tree);
                }
            }).ConfigureAwait(false);
        }
        catch (PeerDriveException e)
        {
            lock (tree.Gate)
            {
                if (IsOfOneChange(e.Kind) && apply is not null) apply.SetAsideLast(e, tree.Context.Time);
                batch.TakeBack(tree);
            }
            return e;
        }
        finally
        {
            IsCommitting = false;
            tree.Committing.Release();
        }
        batch.Rebase(tree);
        await batch.TellAsync(tree).ConfigureAwait(false);
        return null;
    }

    /// <summary>Whether another change would have gone well: neither the disk nor the right to write is missing.</summary>
    private static bool IsOfOneChange(ErrorKind kind) => kind is not
        (ErrorKind.NoSpace or ErrorKind.Io or ErrorKind.ReadOnly or ErrorKind.Cancelled or ErrorKind.Forbidden or ErrorKind.Unsupported or ErrorKind.Busy);

    private void Rest(TimeSpan time) => (pause, lastEnd) = (time, tree.Context.Time.GetTimestamp());

    private void Store(CommitBatch batch)
    {
        foreach (var step in batch.Nodes)
        {
            if (step.Draft is not { } draft) continue;
            try
            {
                step.Stamp = draft.Stamp();
                step.Content = tree.Volume.Drafts.Store(draft, step.Node.Content.Chunking, null, CancellationToken.None);
            }
            catch (PeerDriveException e)
            {
                step.IsPutOff = true;
                lock (tree.Gate)
                {
                    step.Node.LastCommit = tree.Context.Time.GetTimestamp();
                    // Written to again, or its base is not here: later. Else it is told.
                    if (e.Kind is not (ErrorKind.Conflict or ErrorKind.Cancelled or ErrorKind.NotHere)) step.Node.SetAside = SetAside.After(step.Node.SetAside, e, tree.Context.Time);
                }
            }
        }
    }
}
