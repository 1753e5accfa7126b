using System.Collections.Immutable;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Sync.Sessions;

/// <summary>
/// What a person paused: all exchange, that of volumes, or only the fetching of volumes' contents. Connections stay, and peers stay online. What was
/// asked for is taken back from those who send it. Reading is thread-safe, changing is for one at a time.
/// </summary>
public sealed class ExchangePauses
{
    private readonly SyncEngine engine;
    private volatile State now = new(false, [], []);

    internal ExchangePauses(SyncEngine engine) => this.engine = engine;

    /// <summary>Whether nothing of a volume is exchanged.</summary>
    public bool IsPaused(VolumeId volume) => now.All || now.Volumes.Contains(volume);

    /// <summary>Whether contents of a volume are not fetched.</summary>
    public bool IsFetchPaused(VolumeId volume) => IsPaused(volume) || now.Fetches.Contains(volume);

    /// <summary>Pauses these and resumes all others.</summary>
    public async Task ApplyAsync(bool all, IEnumerable<VolumeId> volumes, IEnumerable<VolumeId> fetches)
    {
        var before = now;
        now = new State(all, [.. volumes], [.. fetches]);
        foreach (var volume in engine.Volumes)
        {
            if (engine.FetcherOf(volume.Id) is { } fetcher) await fetcher.PauseAsync(IsFetchPaused(volume.Id));
            var was = before.All || before.Volumes.Contains(volume.Id);
            if (was != IsPaused(volume.Id)) await TellAsync(volume, isPaused: !was);
        }
    }

    private async Task TellAsync(Volume volume, bool isPaused)
    {
        foreach (var session in engine.Sessions())
        {
            try
            {
                if (isPaused) await session.PauseAsync(volume.Id);
                else await session.ShareAsync(volume);
            }
            catch (PeerDriveException e)
            {
                // A connection that ends just now must not keep the others from being told.
                session.Fail(e);
            }
        }
    }

    private sealed record State(bool All, ImmutableHashSet<VolumeId> Volumes, ImmutableHashSet<VolumeId> Fetches);
}
