using System.Globalization;
using Microsoft.Extensions.Logging;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Home;

namespace PeerDrive.Node.Jobs;

/// <summary>Runs what takes long, each on a thread of its own, and remembers the last that ended. Disposing cancels and awaits all.</summary>
internal sealed class JobBoard(JobBook book, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>Jobs that are counted and run at once; each holds a thread.</summary>
    private const int MaxRunning = 16;

    private const int MaxRemembered = 50;

    private readonly Lock gate = new();
    private readonly List<Job> jobs = [];
    private readonly Dictionary<Job, Task> running = [];
    private readonly CancellationTokenSource stopping = new();
    private int last;

    /// <summary>Running jobs and the last that ended, in the order in which they began.</summary>
    public IReadOnlyList<Job> All
    {
        get
        {
            lock (gate) return [.. jobs];
        }
    }

    /// <summary>Begins a job that can be paused, and returns at once.</summary>
    public Job Start(KeptJob kept, string unit, Func<Job, CancellationToken, Task> work)
    {
        var (job, _) = Begin(kept, unit, canPause: true, isCounted: true, async (job, cancellation) =>
        {
            await work(job, cancellation).ConfigureAwait(false);
            return true;
        });
        return job;
    }

    /// <summary>Does a job and waits for its result; it goes on when the one who waits goes away.</summary>
    /// <param name="isCounted">False: it is never refused, and keeps no other from beginning, since whoever begins it bounds the number of its kind and it holds no thread while it waits.</param>
    public Task<T> RunAsync<T>(KeptJob kept, string unit, Func<Job, CancellationToken, Task<T>> work, bool canPause = false, bool isCounted = true) => Begin(kept, unit, canPause, isCounted, work).Result;

    /// <summary>Tells of a job that ended with the node.</summary>
    public void NoteBrokenOff(KeptJob kept)
    {
        lock (gate)
        {
            var job = new Job(NextId(), kept.Kind, kept.Title, "", time);
            job.End($"The node ended while this ran; do it again with: {kept.Again}");
            jobs.Add(job);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        Task[] left;
        lock (gate) left = [.. running.Values];
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
        lock (gate) jobs.ForEach(job => job.Dispose());
    }

    private (Job Job, Task<T> Result) Begin<T>(KeptJob kept, string unit, bool canPause, bool isCounted, Func<Job, CancellationToken, Task<T>> work)
    {
        lock (gate)
        {
            if (stopping.IsCancellationRequested) throw new PeerDriveException(ErrorKind.Cancelled, "The node is stopping.");
            if (isCounted && running.Keys.Count(other => other.IsCounted) >= MaxRunning) throw new PeerDriveException(ErrorKind.Busy, $"{MaxRunning} jobs run already; wait until one is done ('peerdrive jobs').");
            var job = new Job(NextId(), kept.Kind, kept.Title, unit, time) { CanPause = canPause, IsCounted = isCounted };
            book.Add(kept);
            jobs.Add(job);
            var over = jobs.Where(other => other.IsOver).ToList();
            foreach (var old in over.Take(over.Count - MaxRemembered))
            {
                jobs.Remove(old);
                old.Dispose();
            }
            var result = Task.Factory.StartNew(
                () => DoAsync(job, kept, work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            running[job] = result;
            return (job, result);
        }
    }

    private async Task<T> DoAsync<T>(Job job, KeptJob kept, Func<Job, CancellationToken, Task<T>> work)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, job.Cancellation);
        using var stopped = stopping.Token.UnsafeRegister(static state => ((Job)state!).Resume(), job);
        try
        {
            var result = await work(job, either.Token).ConfigureAwait(false);
            job.End(null);
            return result;
        }
        catch (Exception e)
        {
            var known = Failures.Translate(e);
            if (known is null) log.JobFailed(e, job.Kind, job.Title);
            job.End(known?.Message ?? "A fault of the program; the log has more.");
            throw;
        }
        finally
        {
            // What the node's end broke off is kept, and taken up or told of at the next start.
            if (!stopping.IsCancellationRequested) Forget(kept);
            lock (gate) running.Remove(job);
        }
    }

    private string NextId() => (++last).ToString(CultureInfo.InvariantCulture);

    private void Forget(KeptJob kept)
    {
        try
        {
            book.Remove(kept);
        }
        catch (PeerDriveException e)
        {
            // A full disk, say: the job is over all the same, and would be told of once more.
            log.CannotForget(kept.Kind, kept.Title, e.Message);
        }
    }
}
