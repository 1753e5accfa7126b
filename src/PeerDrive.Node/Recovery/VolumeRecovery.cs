using System.Net;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Node.Recovery;

/// <summary>
/// Uses a recovery key. For as long as it takes, this process is also a device of the person on the paper: as that it fetches the
/// volume from a peer when it is not here, signs a changeset that makes this node's person an owner, and hands it to every peer that
/// can be reached, since none of them would yet listen to this node itself.
/// </summary>
internal sealed class VolumeRecovery : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    /// <summary>How long peers may take to say what they share with the key, and to take in the change.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);

    /// <summary>A replica that fills and makes no progress for this long is given up.</summary>
    private static readonly TimeSpan FillTime = TimeSpan.FromSeconds(30);

    private const int MaxNameLength = 64;

    private readonly NodeCore core;
    private readonly PersonIdentity person;
    private readonly DeviceIdentity device;
    private readonly SyncEngine engine;
    private readonly List<DeviceId> met = [];
    private string? lastProblem;

    public VolumeRecovery(NodeCore core, RecoveryKey key)
    {
        this.core = core;
        person = key.ToPerson("recovery key");
        var name = $"recovery on {core.Identity.Device.Certificate.Name}";
        device = DeviceIdentity.Create(person, name.Length <= MaxNameLength ? name : name[..MaxNameLength]);
        engine = new SyncEngine(new TlsPeerNetwork(device, core.Time, core.Rates), device.Key, person.Certificate, core.Time, new Random()) { TellsPresence = false };
    }

    /// <param name="only">The volume to recover; null: all that the key owns.</param>
    /// <param name="from">Devices to ask; those that this node knows are asked too.</param>
    /// <exception cref="PeerDriveException">
    /// Forbidden: the key owns another volume. NotFound: no volume of the key here nor at the peers. Unreachable: nobody could be asked. Conflict: this device
    /// acts for somebody else there.
    /// </exception>
    public async Task<IReadOnlyList<Recovered>> RunAsync(Volume? only, IReadOnlyList<(DeviceId Device, IPEndPoint Address)> from, CancellationToken cancellation)
    {
        if (only is not null && !IsOwned(only) && only.Members.All.Count > 0)
            throw new PeerDriveException(ErrorKind.Forbidden, $"This recovery key is no owner of {only.Name}; it belongs to another volume, or was removed from this one.");
        await MeetAsync(from, cancellation).ConfigureAwait(false);
        var volumes = (only is not null ? [only] : core.Volumes.All.Where(IsOwned)).Select(volume => (Volume: volume, IsNew: false)).ToList();
        foreach (var (volume, _) in volumes) engine.Add(volume);
        if (only is null || !IsOwned(only)) await FetchAsync(only, volumes, cancellation).ConfigureAwait(false);
        if (volumes.Count == 0) throw Nothing();

        var recovered = new List<Recovered>();
        foreach (var (volume, isNew) in volumes)
        {
            await TakeAsync(volume).ConfigureAwait(false);
            recovered.Add(new Recovered(volume, isNew, await TellAsync(volume, cancellation).ConfigureAwait(false)));
        }
        return recovered;
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync().ConfigureAwait(false);
        device.Dispose();
        person.Dispose();
    }

    private bool IsOwned(Volume volume) => volume.Members.RoleOf(person.Person) == Role.Owner;

    private async Task MeetAsync(IReadOnlyList<(DeviceId Device, IPEndPoint Address)> from, CancellationToken cancellation)
    {
        var known = core.Sync.Peers().SelectMany(peer => peer.Addresses.OfType<IPEndPoint>().Select(address => (peer.Device, Address: address)));
        var meeting = from.Concat(core.Peers.Known()).Concat(known).Where(peer => peer.Device != core.Identity.Device.Device).Distinct().Select(MeetOneAsync).ToList();
        await Task.WhenAll(meeting).ConfigureAwait(false);

        async Task MeetOneAsync((DeviceId Device, IPEndPoint Address) peer)
        {
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(AnswerTime);
                await engine.MeetAsync(peer.Device, peer.Address, limit.Token).ConfigureAwait(false);
                lock (met)
                {
                    if (!met.Contains(peer.Device)) met.Add(peer.Device);
                }
            }
            catch (Exception e) when (e is PeerDriveException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                lastProblem = e is PeerDriveException ? e.Message : $"{peer.Address} does not answer.";
            }
        }
    }

    /// <summary>Fills a replica of each volume that peers share with the key and that is not here yet, or is empty.</summary>
    private async Task FetchAsync(Volume? only, List<(Volume Volume, bool IsNew)> volumes, CancellationToken cancellation)
    {
        if (met.Count == 0) return;
        if (volumes.Count == 0) await UntilAsync(() => met.Exists(peer => engine.Offered(peer).Count > 0), AnswerTime, cancellation).ConfigureAwait(false);
        var offers = met.SelectMany(peer => engine.Offered(peer).Select(id => (Peer: peer, Id: id))).DistinctBy(offer => offer.Id)
            .Where(offer => only is null || offer.Id == only.Id).ToList();
        foreach (var (peer, id) in offers)
        {
            var volume = await core.Volumes.OpenAsync(id).ConfigureAwait(false);
            engine.Add(volume, peer);
            await FillAsync(volume, peer, cancellation).ConfigureAwait(false);
            if (!IsOwned(volume)) throw new PeerDriveException(ErrorKind.Forbidden, $"A peer offered volume {volume.Name}, of which this recovery key is no owner.");
            if (core.Sync.Peers().All(known => known.Device != peer)) core.Peers.Add(peer, [.. engine.Peers().Where(known => known.Device == peer).Select(known => known.Address).OfType<IPEndPoint>()]);
            core.Sync.Add(volume, peer);
            if (!volumes.Exists(known => known.Volume == volume)) volumes.Add((volume, true));
        }
    }

    private async Task FillAsync(Volume volume, DeviceId peer, CancellationToken cancellation)
    {
        var vector = volume.Vector;
        while (!await UntilAsync(() => IsFull() || !volume.Vector.Equals(vector), FillTime, cancellation).ConfigureAwait(false) || !IsFull())
        {
            if (volume.Vector.Equals(vector))
                throw new PeerDriveException(ErrorKind.Unreachable, $"The peer stopped sending volume {volume.Id.ToHex()} before it was all here. Recover again; what came is kept.");
            vector = volume.Vector;
        }

        bool IsFull() => engine.ToldBy(peer, volume.Id) is { } told && told.Tips.Any() && told.Tips.All(tip => volume.Knows(tip.Hash));
    }

    /// <summary>Makes this node's person an owner, and its device one of that person's.</summary>
    private async Task TakeAsync(Volume volume)
    {
        var (own, certificate) = (core.Identity.PersonCertificate, core.Identity.Device.Certificate);
        if (volume.Members.PersonOf(certificate.Device) is { } other && other != own.Person)
            throw new PeerDriveException(ErrorKind.Conflict, $"This device acts for another person in {volume.Name}. Recover on a new device, or in a new data directory with --home.");
        await volume.AdministerAsync(device.Key, edit =>
        {
            var isOwner = volume.Members.RoleOf(own.Person) == Role.Owner;
            var isKnown = volume.Members.CertificateOf(certificate.Device) is not null;
            if (isOwner && isKnown) return;
            edit.Administer(new Operation.Device(device.Certificate));
            if (!isOwner) edit.Administer(new Operation.Member(own, Role.Owner, ReadOnlyMemory<byte>.Empty));
            if (!isKnown) edit.Administer(new Operation.Device(certificate));
        }).ConfigureAwait(false);
    }

    /// <summary>Waits until the peers have taken in what they lacked.</summary>
    private async Task<IReadOnlyList<DeviceId>> TellAsync(Volume volume, CancellationToken cancellation)
    {
        var mine = volume.Vector;
        await UntilAsync(async () =>
        {
            var waiting = met.Where(peer => engine.ToldBy(peer, volume.Id)?.Covers(mine) != true).ToList();
            foreach (var peer in waiting) await engine.AskStateAsync(peer, volume.Id).ConfigureAwait(false);
            return waiting.Count == 0;
        }, AnswerTime, cancellation).ConfigureAwait(false);
        return [.. met.Where(peer => engine.ToldBy(peer, volume.Id)?.Covers(mine) == true)];
    }

    private PeerDriveException Nothing() => met.Count > 0
        ? new PeerDriveException(ErrorKind.NotFound, "Neither this node nor a peer that was asked has a volume that this recovery key owns. Name a device that has it with --from DEVICE@ADDRESS:PORT.")
        : new PeerDriveException(
            ErrorKind.Unreachable,
            $"No volume of this recovery key is here, and no device that has it could be asked{(lastProblem is null ? "" : $": {lastProblem.TrimEnd('.')}")}. Name one with --from DEVICE@ADDRESS:PORT; 'peerdrive status' on it shows all three.");

    private Task<bool> UntilAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellation) => UntilAsync(() => Task.FromResult(condition()), limit, cancellation);

    /// <returns>Whether the condition came true before the limit.</returns>
    private async Task<bool> UntilAsync(Func<Task<bool>> condition, TimeSpan limit, CancellationToken cancellation)
    {
        var start = core.Time.GetTimestamp();
        while (!await condition().ConfigureAwait(false))
        {
            if (core.Time.GetElapsedTime(start) > limit) return false;
            await Task.Delay(Pace, core.Time, cancellation).ConfigureAwait(false);
        }
        return true;
    }
}
