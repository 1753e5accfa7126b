using System.Collections.Concurrent;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Checkpoints;
using PeerDrive.Sync.Copies;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Presence;

namespace PeerDrive.Sync.Sessions;

/// <summary>A volume while it is synchronised: follows its change stream, tells the sessions and the fetcher.</summary>
internal sealed class VolumeRun : IAsyncDisposable
{
    private readonly SyncEngine engine;
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    public VolumeRun(SyncEngine engine, Volume volume, Random random)
    {
        this.engine = engine;
        Volume = volume;
        Presence = new VolumePresence(engine, volume, random);
        Fetcher = new VolumeFetcher(volume, engine.Time, () => engine.WhoHas(volume)) { IsPaused = engine.Pauses.IsFetchPaused(volume.Id) };
        Keeper = new CacheKeeper(engine, volume, Fetcher.Demand);
        Copies = new CopyKeeper(engine, volume);
        Fetcher.OnGrown = Keeper.Wake;
        Fetcher.OnStuck = () => engine.SeekHolder(volume.Id);
        Checkpoints = new CheckpointKeeper(engine, volume);
    }

    public Volume Volume { get; }

    public VolumeFetcher Fetcher { get; }

    public VolumePresence Presence { get; }

    public CacheKeeper Keeper { get; }

    public CopyKeeper Copies { get; }

    public CheckpointKeeper Checkpoints { get; }

    /// <summary>What each member's device last said that it has, also when it has gone since.</summary>
    public ConcurrentDictionary<DeviceId, VersionVector> Told { get; } = [];

    /// <summary>When a holder of what is missing was looked for last. Used under the engine's gate.</summary>
    public long? Sought { get; set; }

    public void Start()
    {
        Fetcher.Start();
        if (engine.TellsPresence) Presence.Start();
        Keeper.Start();
        Copies.Start();
        Checkpoints.Start();
        loop = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        await Copies.DisposeAsync();
        await Keeper.DisposeAsync();
        await Checkpoints.DisposeAsync();
        await Fetcher.DisposeAsync();
        await Presence.DisposeAsync();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var changes = Volume.Subscribe();
        try
        {
            foreach (var session in engine.Sessions()) await TellAsync(session, session.ShareAsync);
            while (true)
            {
                var change = await changes.NextAsync(stop.Token);
                Copies.Changed(change);
                if (change.HasMissing)
                {
                    Keeper.Wake();
                    Presence.PolicyChanged();
                }
                if (change.HasMissing || (change.HasChangesets && Volume.Replica.DependsOnTree)) Fetcher.Wake();
                if (change.Contents.Count > 0 || change.Growing.Count > 0 || change.IsOverflow)
                {
                    foreach (var session in engine.Sessions()) session.NoteArrived(Volume.Id);
                }
                if (!change.HasChangesets) continue;
                Presence.VolumeChanged();
                Checkpoints.Wake();
                engine.NoteNews();
                foreach (var session in engine.Sessions()) await TellAsync(session, session.VolumeChangedAsync);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    /// <summary>A connection that ends just now must not keep the others from being told.</summary>
    private async Task TellAsync(PeerSession session, Func<Volume, Task> tell)
    {
        try
        {
            await tell(Volume);
        }
        catch (PeerDriveException e)
        {
            session.Fail(e);
        }
    }
}
