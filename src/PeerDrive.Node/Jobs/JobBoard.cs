using System.Globalization;
using Microsoft.Extensions.Logging;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Home;

namespace PeerDrive.Node.Jobs;

/// <summary>Runs what takes long, each on a thread of its own, and remembers the last that ended. Disposing cancels and awaits all.</summary>
internal sealed class JobBoard(TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>Jobs that run at once; each holds a thread.</summary>
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

    /// <summary>Begins a job and returns at once.</summary>
    public Job Start(string kind, string title, string unit, Func<Job, CancellationToken, Task> work)
    {
        var (job, _) = Begin(kind, title, unit, async (job, cancellation) =>
        {
            await work(job, cancellation).ConfigureAwait(false);
            return true;
        });
        return job;
    }

    /// <summary>Does a job and waits for its result; it goes on when the one who waits goes away.</summary>
    public Task<T> RunAsync<T>(string kind, string title, string unit, Func<Job, CancellationToken, Task<T>> work) => Begin(kind, title, unit, work).Result;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        Task[] left;
        lock (gate) left = [.. running.Values];
        await Task.WhenAll(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private (Job Job, Task<T> Result) Begin<T>(string kind, string title, string unit, Func<Job, CancellationToken, Task<T>> work)
    {
        lock (gate)
        {
            if (stopping.IsCancellationRequested) throw new PeerDriveException(ErrorKind.Cancelled, "The node is stopping.");
            if (running.Count >= MaxRunning) throw new PeerDriveException(ErrorKind.Busy, $"{MaxRunning} jobs run already; wait until one is done ('peerdrive jobs').");
            var job = new Job((++last).ToString(CultureInfo.InvariantCulture), kind, title, unit, time.GetUtcNow());
            jobs.Add(job);
            var over = jobs.Where(other => other.IsOver).ToList();
            foreach (var old in over.Take(over.Count - MaxRemembered)) jobs.Remove(old);
            var result = Task.Factory.StartNew(
                () => DoAsync(job, work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            running[job] = result;
            return (job, result);
        }
    }

    private async Task<T> DoAsync<T>(Job job, Func<Job, CancellationToken, Task<T>> work)
    {
        try
        {
            var result = await work(job, stopping.Token).ConfigureAwait(false);
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
            lock (gate) running.Remove(job);
        }
    }
}
