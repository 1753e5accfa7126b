using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Discovery;

namespace PeerDrive.Node.Network;

/// <summary>Tells the exchange where peers are: as remembered, as announced on the local network, as met.</summary>
internal sealed class PeerFinder(LanAnnouncer announcer, SyncEngine sync, AddressBook book, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan RememberInterval = TimeSpan.FromMinutes(5);

    private const int MaxAnnounced = 1024;

    private readonly ConcurrentDictionary<DeviceId, IPEndPoint> announced = [];
    private readonly CancellationTokenSource stopping = new();
    private Task listening = Task.CompletedTask, remembering = Task.CompletedTask;

    public void Start()
    {
        foreach (var (device, address) in book.All()) sync.AddAddress(device, address);
        if (!announcer.Start()) log.CannotAnnounce();
        listening = ListenAsync();
        remembering = RememberAsync();
    }

    /// <summary>Where devices were met or announce themselves; whether they are who they say shows when they are met.</summary>
    public IReadOnlyList<(DeviceId Device, IPEndPoint Address)> Known() => [.. book.All(), .. announced.Select(found => (found.Key, found.Value))];

    /// <summary>Takes up addresses that an invitation names.</summary>
    public void Add(DeviceId device, IReadOnlyList<IPEndPoint> addresses)
    {
        foreach (var address in addresses) sync.AddAddress(device, address);
        Note(device, addresses);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        await announcer.DisposeAsync().ConfigureAwait(false);
        await listening.ConfigureAwait(false);
        await remembering.ConfigureAwait(false);
        NoteOnline();
        stopping.Dispose();
    }

    private async Task ListenAsync()
    {
        await foreach (var found in announcer.Found.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            sync.AddAddress(found.Device, found.EndPoint);
            if (announced.Count >= MaxAnnounced) announced.Clear();
            announced[found.Device] = found.EndPoint;
        }
    }

    private async Task RememberAsync()
    {
        using var timer = new PeriodicTimer(RememberInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token).ConfigureAwait(false)) NoteOnline();
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void NoteOnline()
    {
        // Anybody can announce anything: kept is only what belongs to a device that proved itself.
        foreach (var peer in sync.Peers())
        {
            if (peer.IsConnected && announced.TryGetValue(peer.Device, out var address)) Note(peer.Device, [address]);
        }
    }

    private void Note(DeviceId device, IReadOnlyList<IPEndPoint> addresses)
    {
        try
        {
            book.Note(device, addresses);
        }
        catch (PeerDriveException e)
        {
            // The peer is reached all the same; only the next start may have to look for it.
            log.CannotRemember(e.Message);
        }
    }
}
