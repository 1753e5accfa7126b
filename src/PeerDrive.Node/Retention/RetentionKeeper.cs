using Microsoft.Extensions.Logging;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Jobs;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Catalog;
using PeerDrive.Storage.Collecting;
using PeerDrive.Storage.Retention;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Retention;

/// <summary>
/// Notes when versions come to each replica, and lets go by its rule what is due, soon after the start and once an hour; a replica that keeps all is left alone. One loop; what a person
/// asks for runs beside it. A replica is thinned or collected by one at a time.
/// </summary>
internal sealed class RetentionKeeper(VolumeTable volumes, JobBoard jobs, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>Minutes between two looks: how well it is known when a version came.</summary>
    private const int LookMinutes = 5;

    /// <summary>Minutes between two thinnings; the first is a minute after the start, which has more urgent things to do.</summary>
    private const int ThinMinutes = 60;

    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly HashSet<VolumeId> busy = [];
    private readonly Dictionary<VolumeId, CatalogVersion> counted = [];
    private Task loop = Task.CompletedTask;

    public void Start() => loop = RunAsync();

    /// <summary>Lets go what the rule does not keep, as a job.</summary>
    /// <param name="documents">Only of these; null: of all.</param>
    /// <exception cref="PeerDriveException">Busy: the replica is being thinned or collected already.</exception>
    public Task<(ThinPlan Plan, long Freed)> ThinAsync(Volume volume, IReadOnlySet<DocumentId>? documents, bool dryRun) =>
        RunAsync(volume, "thin", "documents", (job, cancellation) =>
        {
            var plan = volume.Retention.Plan(documents, job.Report, cancellation);
            var freed = dryRun || plan.IsEmpty ? 0 : volume.Retention.Thin(plan, job.Report, cancellation);
            if (!dryRun) volume.Collection.CountUse(cancellation);
            return (plan, freed);
        });

    /// <summary>Gives back room that nothing needs, as a job.</summary>
    /// <inheritdoc cref="ThinAsync" path="/exception"/>
    public Task<(CollectResult Result, DiskUse Use)> CollectAsync(Volume volume, bool dryRun) =>
        RunAsync(volume, "collect", "packs", (job, cancellation) =>
        {
            var result = volume.Collection.Collect(dryRun, job.Report, cancellation);
            return (result, volume.Collection.CountUse(cancellation));
        });

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task<T> RunAsync<T>(Volume volume, string kind, string unit, Func<Job, CancellationToken, T> work)
    {
        lock (gate)
        {
            if (!busy.Add(volume.Id)) throw new PeerDriveException(ErrorKind.Busy, $"Volume {volume.Name} is being thinned or collected already; see 'peerdrive jobs'.");
        }
        try
        {
            return await jobs.RunAsync(
                new KeptJob(kind, volume.Name, $"peerdrive {kind} {volume.Name}"), unit, (job, cancellation) => Task.FromResult(work(job, cancellation)), canPause: true).ConfigureAwait(false);
        }
        finally
        {
            lock (gate) busy.Remove(volume.Id);
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try
        {
            await Task.Yield();
            for (var minute = 0; ; minute++)
            {
                var isDue = minute % ThinMinutes == 1;
                if (isDue || minute % LookMinutes == 0)
                {
                    foreach (var volume in volumes.All) await LookAsync(volume, isDue).ConfigureAwait(false);
                }
                await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    private async Task LookAsync(Volume volume, bool isDue)
    {
        stop.Token.ThrowIfCancellationRequested();
        try
        {
            volume.Retention.Look();
            volume.Retention.RequestPinned();
            if (!isDue) return;
            // Only what has something to do shows as a job.
            if (!volume.Retention.Rule.IsKeepAll && !volume.Retention.Plan(null, (_, _) => { }, stop.Token).IsEmpty) await ThinAsync(volume, null, dryRun: false).ConfigureAwait(false);
            var version = volume.Reader.Version;
            if (counted.GetValueOrDefault(volume.Id) == version && volume.Collection.LastUse is not null) return;
            volume.Collection.CountUse(stop.Token);
            counted[volume.Id] = version;
        }
        catch (Exception e) when (e is PeerDriveException or ObjectDisposedException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            // A full disk, a cancelled job, a volume that ends: at the next look again.
            log.RetentionFailed(volume.Name, e.Message);
        }
    }
}
