using PeerDrive.Cli.Running;
using PeerDrive.Client;
using PeerDrive.Client.Contracts;

namespace PeerDrive.Cli.Rendering;

/// <summary>
/// Follows jobs by asking the node again and again: one live line on a terminal, else a line when a job begins, now and then, and
/// when it ends. Writes to the error output, so that the answer stays alone on the output; silent with --json off a terminal.
/// </summary>
internal sealed class JobProgress(Call call, PeerDriveClient client)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PlainPace = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, (DateTimeOffset Told, string State)> told = [];
    private bool hasLiveLine;

    /// <summary>Follows one job to its end.</summary>
    /// <exception cref="PeerDriveProblemException">The job failed.</exception>
    public async Task<JobStatus> UntilDoneAsync(JobStatus job, CancellationToken cancellation)
    {
        var last = job;
        await UntilAsync(
            async () =>
            {
                // A job that is no longer listed has ended well: failed ones are kept.
                var listed = (await client.JobsAsync(cancellation).ConfigureAwait(false)).FirstOrDefault(each => each.Id == job.Id);
                last = listed ?? last with { State = "done", Done = last.Total > 0 ? last.Total : last.Done };
                return ([last], JobText.IsRunning(last) || last.State == "paused");
            },
            cancellation).ConfigureAwait(false);
        if (last.State == "cancelled") throw new PeerDriveProblemException(new Problem("Cancelled", ExitCodes.Internal, $"{last.Kind} of {last.Title} was cancelled."));
        if (last.State == "failed")
            throw new PeerDriveProblemException(new Problem("Internal", ExitCodes.Internal, $"{last.Kind} of {last.Title} failed: {last.Problem}"));
        return last;
    }

    /// <summary>Follows jobs while a request is being answered.</summary>
    public async Task<T> WhileAsync<T>(Task<T> request, Func<JobStatus, bool> which, CancellationToken cancellation)
    {
        await UntilAsync(
            async () =>
            {
                if (request.IsCompleted) return ([], false);
                var jobs = await client.JobsAsync(cancellation).ConfigureAwait(false);
                return ([.. jobs.Where(which)], !request.IsCompleted);
            },
            cancellation,
            request).ConfigureAwait(false);
        return await request.ConfigureAwait(false);
    }

    /// <summary>Asks and shows until the answer says that there is no more to wait for.</summary>
    /// <param name="ask">The jobs to show, and whether to go on.</param>
    /// <param name="end">Ends the wait early.</param>
    public async Task UntilAsync(
        Func<Task<(IReadOnlyList<JobStatus> Jobs, bool GoOn)>> ask, CancellationToken cancellation, Task? end = null)
    {
        try
        {
            while (true)
            {
                var (jobs, goOn) = await ask().ConfigureAwait(false);
                Show(jobs);
                if (!goOn) return;
                var pause = Task.Delay(Pace, call.Time, cancellation);
                await (end is null ? pause : Task.WhenAny(pause, end)).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ClearLiveLine();
        }
    }

    private void Show(IReadOnlyList<JobStatus> jobs)
    {
        if (call.Terminal.ShowsError) ShowLive(jobs);
        else if (!call.IsJson) ShowPlain(jobs);
    }

    private void ShowLive(IReadOnlyList<JobStatus> jobs)
    {
        var running = jobs.Where(JobText.IsRunning).ToList();
        if (running.Count == 0)
        {
            ClearLiveLine();
            return;
        }
        var more = running.Count > 1 ? $" (+{running.Count - 1} more)" : "";
        var line = $"{JobText.Bar(running[0])} {JobText.Line(running[0])}{more}".TrimStart();
        var width = Math.Max(20, TerminalWidth.Now - 1);
        call.Terminal.Error.Write($"\r{(line.Length > width ? line[..width] : line)}\u001b[K");
        hasLiveLine = true;
    }

    private void ClearLiveLine()
    {
        if (hasLiveLine) call.Terminal.Error.Write("\r\u001b[K");
        hasLiveLine = false;
    }

    private void ShowPlain(IReadOnlyList<JobStatus> jobs)
    {
        foreach (var job in jobs)
        {
            var isNew = !told.TryGetValue(job.Id, out var last);
            var isDue = isNew || last.State != job.State || (JobText.IsRunning(job) && call.Now - last.Told >= PlainPace);
            if (!isDue || (isNew && !JobText.IsRunning(job))) continue;
            call.Terminal.Error.WriteLine(JobText.Line(job));
            told[job.Id] = (call.Now, job.State);
        }
    }
}
