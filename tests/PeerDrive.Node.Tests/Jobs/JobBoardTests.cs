using Microsoft.Extensions.Logging.Abstractions;
using PeerDrive.Model.Errors;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Settings;

namespace PeerDrive.Node.Tests.Jobs;

public sealed class JobBoardTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("peerdrive-jobs-");
    private readonly SemaphoreSlim step = new(0);

    private string File => Path.Combine(folder.FullName, "node.json");

    public void Dispose()
    {
        step.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_paused_job_stands_still_where_it_reports_and_goes_on_when_resumed()
    {
        await using var board = Board(out _);
        var job = Start(board);
        step.Release();
        await Until.TrueAsync(() => Task.FromResult(job.Done == 1));
        job.Pause();
        step.Release(10);
        await Until.TrueAsync(() => Task.FromResult(job.Done == 2));
        Assert.True(job.IsPaused);
        Assert.Equal(9, step.CurrentCount);
        job.Resume();
        await Until.TrueAsync(() => Task.FromResult(job.IsOver));
        Assert.Equal((10, null), (job.Done, job.Problem));
    }

    [Fact]
    public async Task A_paused_job_can_be_cancelled_and_is_forgotten()
    {
        await using var board = Board(out var book);
        var job = Start(board);
        job.Pause();
        step.Release(10);
        await Until.TrueAsync(() => Task.FromResult(job.Done == 1));
        job.Cancel();
        await Until.TrueAsync(() => Task.FromResult(job.IsOver));
        Assert.True(job.IsCancelled);
        Assert.Equal("It was cancelled.", job.Problem);
        await Until.TrueAsync(() => Task.FromResult(SettingsFile.Open(File).Current.Jobs.Count == 0));
        Assert.Empty(book.Take());
    }

    [Fact]
    public async Task Jobs_that_do_not_count_are_never_refused_and_keep_no_other_from_beginning()
    {
        await using var board = Board(out _);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var free = Enumerable.Range(0, 40).Select(i => board.RunAsync(new KeptJob("rule", $"{i}", ""), "entries", WaitAsync, isCounted: false)).ToList();
        var counted = Enumerable.Range(0, 16).Select(i => board.RunAsync(new KeptJob("check", $"{i}", ""), "entries", WaitAsync)).ToList();
        Assert.Equal(ErrorKind.Busy, Assert.Throws<PeerDriveException>(() => { _ = board.RunAsync(new KeptJob("check", "one more", ""), "entries", WaitAsync); }).Kind);
        free.Add(board.RunAsync(new KeptJob("rule", "one more", ""), "entries", WaitAsync, isCounted: false));
        end.SetResult();
        await Task.WhenAll([.. free, .. counted]);

        async Task<bool> WaitAsync(Job job, CancellationToken cancellation)
        {
            await end.Task.WaitAsync(cancellation);
            return true;
        }
    }

    [Fact]
    public async Task What_the_end_of_the_node_breaks_off_is_remembered_also_when_it_is_paused()
    {
        var board = Board(out _);
        var job = Start(board);
        job.Pause();
        step.Release(1);
        await Until.TrueAsync(() => Task.FromResult(job.Done == 1));
        await board.DisposeAsync();
        var kept = Assert.Single(new JobBook(SettingsFile.Open(File)).Take());
        Assert.Equal(("import", "/somewhere"), (kept.Kind, kept.Title));
        Assert.Empty(new JobBook(SettingsFile.Open(File)).Take());
    }

    [Fact]
    public async Task A_job_that_others_may_wait_for_is_not_paused()
    {
        await using var board = Board(out _);
        var result = board.RunAsync(new KeptJob("check", "v", "peerdrive check v"), "bytes", async (_, cancellation) =>
        {
            await step.WaitAsync(cancellation);
            return 7;
        });
        var refused = Assert.Throws<PeerDriveException>(board.All[0].Pause);
        Assert.Contains("peerdrive jobs cancel 1", refused.Message, StringComparison.Ordinal);
        step.Release();
        Assert.Equal(7, await result);
    }

    private static Job Start(JobBoard board, SemaphoreSlim step) => board.Start(new KeptJob("import", "/somewhere", "peerdrive import /somewhere v"), "files", async (job, cancellation) =>
    {
        for (var done = 1; done <= 10; done++)
        {
            await step.WaitAsync(cancellation);
            job.Report(done, 10);
        }
    });

    private Job Start(JobBoard board) => Start(board, step);

    private JobBoard Board(out JobBook book) => new(book = new JobBook(SettingsFile.Open(File)), TimeProvider.System, NullLogger.Instance);
}
