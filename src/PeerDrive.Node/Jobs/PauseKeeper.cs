using PeerDrive.Client.Contracts;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Node.Settings;
using PeerDrive.Node.Volumes;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Node.Jobs;

/// <summary>Keeps in node.json what is paused, and makes the exchange obey. One change at a time.</summary>
internal sealed class PauseKeeper(SettingsFile settings, ExchangePauses pauses, VolumeTable volumes) : IDisposable
{
    private readonly SemaphoreSlim changing = new(1, 1);

    public PauseStatus Status => new(settings.Current.IsPaused, Names(settings.Current.PausedVolumes), Names(settings.Current.PausedFetches));

    /// <summary>Applies what was paused before the node began.</summary>
    public Task StartAsync() => ChangeAsync(now => now);

    /// <summary>Pauses all exchange, or that of a volume.</summary>
    public Task PauseAsync(Volume? volume) => ChangeAsync(now => volume is null
        ? now with { IsPaused = true }
        : now with { PausedVolumes = With(now.PausedVolumes, volume) });

    /// <summary>Resumes all that is paused, or all of a volume.</summary>
    /// <exception cref="PeerDriveException">Conflict: all exchange is paused.</exception>
    public Task ResumeAsync(Volume? volume) => ChangeAsync(now => volume is null
        ? now with { IsPaused = false, PausedVolumes = [], PausedFetches = [] }
        : Unless(now.IsPaused, now with { PausedVolumes = Without(now.PausedVolumes, volume), PausedFetches = Without(now.PausedFetches, volume) }));

    public Task PauseFetchAsync(Volume volume) => ChangeAsync(now => now with { PausedFetches = With(now.PausedFetches, volume) });

    public void Dispose() => changing.Dispose();

    private static NodeSettings Unless(bool isPaused, NodeSettings next) =>
        isPaused ? throw new PeerDriveException(ErrorKind.Conflict, "All exchange is paused; resume it with 'peerdrive resume'.") : next;

    private static IReadOnlyList<string> With(IReadOnlyList<string> list, Volume volume) => [.. Without(list, volume), volume.Id.ToHex()];

    private static IReadOnlyList<string> Without(IReadOnlyList<string> list, Volume volume) => [.. list.Where(hex => hex != volume.Id.ToHex())];

    private static IEnumerable<VolumeId> Ids(IEnumerable<string> list)
    {
        foreach (var hex in list)
        {
            if (Id.TryParse<VolumeId>(hex, out var id)) yield return id;
        }
    }

    private IReadOnlyList<string> Names(IReadOnlyList<string> list) =>
        [.. volumes.All.Where(volume => list.Contains(volume.Id.ToHex())).Select(volume => volume.Name).Order(StringComparer.Ordinal)];

    private async Task ChangeAsync(Func<NodeSettings, NodeSettings> change)
    {
        await changing.WaitAsync().ConfigureAwait(false);
        try
        {
            settings.Change(change);
            var now = settings.Current;
            await pauses.ApplyAsync(now.IsPaused, Ids(now.PausedVolumes), Ids(now.PausedFetches)).ConfigureAwait(false);
        }
        finally
        {
            changing.Release();
        }
    }
}
