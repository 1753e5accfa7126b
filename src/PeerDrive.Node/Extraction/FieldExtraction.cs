using Microsoft.Extensions.Logging;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Annotations;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Extraction;

/// <summary>Reads fields out of the contents of all volumes, in the background. Offers, of which nothing is kept here, are left out.</summary>
internal sealed class FieldExtraction : IAsyncDisposable
{
    /// <summary>A volume that was made or joined is followed after this time at most; a worker that has nothing to do ends.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(30);

    private readonly VolumeTable volumes;
    private readonly FieldStores stores;
    private readonly ExtractionWorkers workers;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<VolumeId, VolumeExtraction> followed = [];
    private Task loop = Task.CompletedTask;

    public FieldExtraction(IReadOnlyList<string> command, VolumeTable volumes, FieldStores stores, TimeProvider time, ILogger log, ExtractionTimes times)
    {
        (this.volumes, this.stores, this.time, this.log) = (volumes, stores, time, log);
        workers = new ExtractionWorkers(command, time, times);
    }

    public void Start() => loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(false);
        foreach (var extraction in followed.Values) await extraction.DisposeAsync().ConfigureAwait(false);
        await workers.DisposeAsync().ConfigureAwait(false);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var tick = new PeriodicTimer(Look, time);
        try
        {
            do
            {
                foreach (var volume in volumes.Shown.Where(volume => !followed.ContainsKey(volume.Id))) Follow(volume);
                await workers.RestAfterAsync(Idle).ConfigureAwait(false);
            }
            while (await tick.WaitForNextTickAsync(stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private void Follow(Volume volume)
    {
        try
        {
            var extraction = new VolumeExtraction(volume, stores.Of(volume), workers, time, log);
            followed[volume.Id] = extraction;
            extraction.Start();
        }
        catch (Model.Errors.PeerDriveException e)
        {
            log.ExtractionFailed(volume.Name, e.Message);
        }
    }
}
