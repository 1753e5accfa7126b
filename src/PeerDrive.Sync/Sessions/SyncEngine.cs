using System.Collections.Immutable;
using System.Net;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Checkpoints;
using PeerDrive.Sync.Copies;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Invitations;
using PeerDrive.Sync.Presence;
using PeerDrive.Transport.Connections;

namespace PeerDrive.Sync.Sessions;

/// <summary>
/// Brings this device's replicas together with those of its peers: listens, dials, keeps one session a device, and one
/// fetcher a volume. Runs on the scheduler that its methods are first called on.
/// </summary>
public sealed class SyncEngine : IAsyncDisposable
{
    private const string InviterKey = "inviter";

    /// <summary>Questions of one ticket, each on another connection.</summary>
    private const int JoinTries = 3;

    private readonly IPeerNetwork network;
    private readonly Random random;
    private readonly DeviceKey device;
    private readonly Lock gate = new();
    private readonly Dictionary<VolumeId, VolumeRun> volumes = [];
    private readonly Dictionary<DeviceId, PeerSession> sessions = [];
    private readonly Dictionary<DeviceId, PeerDialing> dialing = [];
    private readonly Dictionary<DeviceId, PeerTraffic> ended = [];
    private readonly Dictionary<VolumeId, DeviceId> inviters = [];
    private readonly Dictionary<VolumeId, IReadOnlyList<VolumeId>> offers = [];
    private readonly HashSet<PeerSession> all = [];
    private readonly CancellationTokenSource stop = new();
    private bool isLeaving, isDisposed;
    private IPeerListener? listener;
    private Task accepting = Task.CompletedTask;

    public SyncEngine(IPeerNetwork network, DeviceKey device, PersonCertificate person, TimeProvider time, Random random)
    {
        this.network = network;
        this.device = device;
        this.random = random;
        Person = person;
        Time = time;
        Pauses = new ExchangePauses(this);
    }

    /// <summary>What a person paused.</summary>
    public ExchangePauses Pauses { get; }

    /// <summary>Told every address at which a member may be dialled, so that it can be remembered over a restart.</summary>
    public Action<DeviceId, EndPoint>? OnAddress { get; set; }

    /// <summary>Told that members, settings or offers of some volume may have changed. Called in no lock, and must not take long.</summary>
    public Action? OnNews { get; set; }

    /// <summary>Where this device may be reached, as <see cref="PeerAddress"/> writes it; null: where it listens.</summary>
    public Func<IReadOnlyList<string>>? Addresses { get; set; }

    /// <summary>Whether this device takes part in telling who is where; not so one that is made for a moment.</summary>
    public bool TellsPresence { get; init; } = true;

    /// <summary>Bytes of history from which on who joins is sent a checkpoint first.</summary>
    public long CheckpointLogBytes { get; init; } = SyncLimits.CheckpointLogBytes;

    /// <summary>Told what came of a checkpoint whose history has come.</summary>
    public Action<Volume, CheckpointVerdict>? OnCheckpoint { get; set; }

    internal DeviceKey Key => device;

    internal DeviceId Device => device.Device;

    internal PersonCertificate Person { get; }

    internal int Port => listener?.LocalEndPoint.Port ?? 0;

    internal TimeProvider Time { get; }

    internal IReadOnlyList<Volume> Volumes
    {
        get
        {
            lock (gate) return [.. volumes.Values.Select(run => run.Volume)];
        }
    }

    /// <summary>Starts to accept peers.</summary>
    /// <returns>The address with the port that was chosen.</returns>
    /// <exception cref="PeerDriveException">Busy or Invalid.</exception>
    public IPEndPoint Listen(IPEndPoint endPoint)
    {
        listener = network.Listen(endPoint);
        accepting = AcceptAsync(listener);
        return listener.LocalEndPoint;
    }

    /// <summary>Keeps a volume in step with every member that can be reached.</summary>
    public void Add(Volume volume)
    {
        VolumeRun run;
        lock (gate)
        {
            if (volumes.ContainsKey(volume.Id)) return;
            volumes[volume.Id] = run = new VolumeRun(this, volume, new Random(random.Next()));
            run.Presence.SetOffers(offers.GetValueOrDefault(volume.Id, []));
            if (inviters.Remove(volume.Id, out var inviter)) SetJoinedFrom(volume, inviter);
        }
        run.Start();
    }

    /// <summary>Adds an empty replica that one peer is believed about until its members are known here.</summary>
    public void Add(Volume volume, DeviceId source)
    {
        lock (gate) inviters[volume.Id] = source;
        Add(volume);
    }

    public async Task RemoveAsync(VolumeId volume)
    {
        VolumeRun? run;
        lock (gate)
        {
            if (!volumes.Remove(volume, out run)) return;
        }
        foreach (var session in Sessions()) await session.UnshareAsync(volume);
        await run.DisposeAsync();
    }

    /// <summary>Where a device was seen just now; it is dialled while it is a member of some volume here.</summary>
    public void AddAddress(DeviceId peer, EndPoint address) => AddAddress(peer, address, isSure: true);

    internal void AddAddress(DeviceId peer, EndPoint address, bool isSure)
    {
        if (peer == device.Device) return;
        PeerDialing? dial;
        lock (gate)
        {
            if (!dialing.TryGetValue(peer, out dial))
            {
                if (dialing.Count >= SyncLimits.KnownDevices || stop.IsCancellationRequested) return;
                dialing[peer] = dial = new PeerDialing(this, peer, new Random(random.Next()));
                dial.Start();
            }
        }
        if (dial.Add(address, isSure)) OnAddress?.Invoke(peer, address);
    }

    /// <summary>Addresses of this machine came or went: what failed before may work now, and members are told.</summary>
    public void NetworkChanged()
    {
        List<PeerDialing> dials;
        lock (gate) dials = [.. dialing.Values];
        foreach (var dial in dials) dial.Hear(isStale: true);
        foreach (var run in Runs()) run.Presence.NetworkChanged();
    }

    /// <summary>Connects to a device once, whether it is a member of anything here or not.</summary>
    /// <exception cref="PeerDriveException">Unreachable, or another device answers.</exception>
    public async Task MeetAsync(DeviceId peer, IPEndPoint address, CancellationToken cancellation)
    {
        if (SessionOf(peer) is not null) return;
        try
        {
            await ConnectAsync(peer, address, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new PeerDriveException(ErrorKind.Unreachable, $"{address} does not answer.", e);
        }
    }

    /// <summary>Says from now on, also of a volume that is added later, what this device offers to its members.</summary>
    /// <param name="offered">At most <see cref="SyncLimits.PresenceOffers"/> are told of.</param>
    public void SetOffers(VolumeId volume, IReadOnlyList<VolumeId> offered)
    {
        lock (gate) offers[volume] = offered;
        PresenceOf(volume)?.SetOffers(offered);
    }

    /// <summary>
    /// What other members' devices said last that they offer to the members of a volume, by device. Each signed it; whether the volumes are what they
    /// are said to be is not looked at. Who was not heard of for long is not there.
    /// </summary>
    public IReadOnlyDictionary<DeviceId, ImmutableArray<VolumeId>> OffersIn(VolumeId volume) =>
        (PresenceOf(volume)?.Entries ?? []).Where(entry => entry.Record.Device != Device).ToDictionary(entry => entry.Record.Device, entry => entry.Record.Offers);

    /// <summary>Volumes that a connected peer shares with this device and that are not here.</summary>
    public IReadOnlyList<VolumeId> Offered(DeviceId peer) => SessionOf(peer)?.Offered ?? [];

    /// <summary>What a device last said that it has of a volume; null when it has said nothing since the start.</summary>
    public VersionVector? ToldBy(DeviceId peer, VolumeId volume)
    {
        lock (gate) return volumes.GetValueOrDefault(volume)?.Told.GetValueOrDefault(peer);
    }

    /// <summary>
    /// Compares a volume with what its members' devices said that they have, also those that have gone since.
    /// </summary>
    /// <returns>How many devices have said it since the start, and how many changesets the one that is furthest ahead has more.</returns>
    public (int Devices, long Missing) Compare(VolumeId id)
    {
        VolumeRun? run;
        lock (gate) run = volumes.GetValueOrDefault(id);
        if (run is null) return (0, 0);
        var ours = run.Volume.Vector;
        var told = run.Told.Values.ToList();
        return (told.Count, told.Select(vector => vector.Tips.Where(tip => !run.Volume.Knows(tip.Hash))
            .Sum(tip => Math.Max(1, (long)tip.Sequence - (long)ours.SequenceOf(tip.Author)))).DefaultIfEmpty().Max());
    }

    /// <summary>How far the fetching of a volume's contents is; null when the volume is not synchronised.</summary>
    public FetchProgress? FetchProgress(VolumeId volume) => FetcherOf(volume)?.Progress;

    /// <summary>Asks all connected devices that share a volume which contents they have whole, durably, and are not about to drop.</summary>
    /// <returns>An answer for each device that was asked.</returns>
    public Task<IReadOnlyList<Holder>> AskHoldersAsync(Volume volume, IReadOnlyList<Content> contents, CancellationToken cancellation) =>
        AskHoldersAsync(volume, contents, HaveWish.Know, cancellation);

    private async Task<IReadOnlyList<Holder>> AskHoldersAsync(Volume volume, IReadOnlyList<Content> contents, HaveWish wish, CancellationToken cancellation)
    {
        var asked = Sessions().Where(session => session.Volumes.Contains(volume.Id)).ToList();
        var answers = await Task.WhenAll(asked.Select(async session =>
            new Holder(session.Remote, session.Connection.RemoteCertificate.Name, Whole(await session.AskHaveAsync(volume.Id, contents, wish, cancellation)))));
        // The session whose answer came last goes on with its own work.
        await Task.Yield();
        return answers;

        static IReadOnlyList<bool>? Whole(IReadOnlyList<HaveAnswer>? answers) => answers is null ? null : [.. answers.Select(answer => answer == HaveAnswer.Has)];
    }

    /// <summary>Drops contents of documents from this device that enough others have, asked at this moment.</summary>
    /// <param name="kept">Chunks to stay all the same.</param>
    public Task<Released> ReleaseAsync(
        Volume volume, IReadOnlySet<DocumentId> documents, IReadOnlyList<Content> contents, IReadOnlySet<ChunkId> kept, CancellationToken cancellation) =>
        ReleaseAsync(volume, documents, contents, kept, surplus: 0, cancellation);

    /// <inheritdoc cref="ReleaseAsync(Volume, IReadOnlySet{DocumentId}, IReadOnlyList{Content}, IReadOnlySet{ChunkId}, CancellationToken)"/>
    /// <param name="surplus">Copies that have to be confirmed beyond those that the volume asks for.</param>
    internal async Task<Released> ReleaseAsync(
        Volume volume, IReadOnlySet<DocumentId> documents, IReadOnlyList<Content> contents, IReadOnlySet<ChunkId> kept, int surplus, CancellationToken cancellation)
    {
        var needed = (volume.Copies ?? 1) + surplus;
        // Before anybody is asked: of two that drop at once at least one is told no.
        using var leaving = volume.Replica.BeginLeaving(contents);
        var holders = await AskHoldersAsync(volume, contents, HaveWish.Know, cancellation);
        List<Content> going = [];
        List<HeldContent> staying = [];
        foreach (var (i, content) in contents.Index())
        {
            // A device that was removed as a member meanwhile counts no more.
            var by = holders.Where(holder => holder.Has?[i] == true && volume.Members.RoleOf(holder.Device) != Role.None).ToList();
            if (by.Count >= needed) going.Add(content);
            else staying.Add(new HeldContent(content, [.. by.Select(holder => holder.Name)]));
        }
        var given = going.Count == 0 ? 0 : volume.DropContents(documents, going, kept, cancellation);
        // They count copies, and may have to make another one.
        if (going.Count > 0 && volume.Copies is not null) await AskHoldersAsync(volume, going, HaveWish.Dropped, cancellation);
        return new Released(going, staying, given, needed, [.. holders.Where(holder => holder.Has is null).Select(holder => holder.Name)]);
    }

    /// <summary>How many copies the contents have that are here; null when the volume asks for no number, or is not synchronised.</summary>
    public CopiesState? CopiesState(VolumeId volume) => CopiesOf(volume)?.State;

    /// <summary>Asks a connected peer to say anew what it has, which it does once it has taken in what was sent before.</summary>
    public Task AskStateAsync(DeviceId peer, VolumeId volume) => SessionOf(peer)?.AskStateAsync(volume) ?? Task.CompletedTask;

    /// <summary>Accepts an invitation. The volume fills once an empty replica of it is opened and added.</summary>
    /// <exception cref="PeerDriveException">Unreachable, Expired or Forbidden.</exception>
    public async Task<JoinResult> JoinAsync(Ticket ticket, CancellationToken cancellation)
    {
        if (ticket.Inviter == device.Device) throw new PeerDriveException(ErrorKind.Invalid, "This device issued the ticket itself; use it on another one.");
        if (ticket.Expires < Time.GetUtcNow()) throw new PeerDriveException(ErrorKind.Expired, "The ticket has expired; ask for a new one.");
        var result = await AskAsync(ticket, cancellation);
        lock (gate) inviters[result.Volume] = ticket.Inviter;
        foreach (var address in ticket.Addresses) AddAddress(ticket.Inviter, address);
        return result;
    }

    /// <summary>Remembers from whom a volume was joined: the one device to believe until its members are known here.</summary>
    private static void SetJoinedFrom(Volume volume, DeviceId inviter)
    {
        lock (volume.State.Gate) volume.State.Prepare("INSERT OR REPLACE INTO settings VALUES(?, ?)").Bind(InviterKey).BindId(inviter).Run();
    }

    /// <summary>Devices that are connected, or that are dialled.</summary>
    public IReadOnlyList<PeerState> Peers()
    {
        lock (gate) return new PeerOverview(device.Device, Time, sessions, dialing, ended, [.. volumes.Values]).All();
    }

    /// <summary>Leaves out, until fetching is resumed, what stands in the way of a volume's other contents.</summary>
    /// <returns>The document; null when nothing is being fetched.</returns>
    public DocumentId? SkipFetch(VolumeId volume) => FetcherOf(volume) is { } fetcher && fetcher.Skip() is { } content ? VolumeOf(volume)?.Replica.DocumentMissing(content) : null;

    /// <summary>Fetches again what was left out of a volume.</summary>
    public void TryAgain(VolumeId volume) => FetcherOf(volume)?.TryAgain();

    /// <summary>Documents that were left out.</summary>
    public IReadOnlyList<DocumentId> Skipped(VolumeId id) => FetcherOf(id) is { } fetcher && VolumeOf(id) is { } volume
        ? [.. fetcher.Skipped.Select(volume.Replica.DocumentMissing).OfType<DocumentId>().Distinct()]
        : [];

    /// <summary>Why contents of a volume cannot be fetched now; null when nothing stands in the way.</summary>
    public string? FetchProblem(VolumeId volume) => FetcherOf(volume)?.Problem;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true)) return;
        stop.Cancel();
        if (listener is not null) await listener.DisposeAsync();
        await accepting;
        List<PeerDialing> dials;
        lock (gate) dials = [.. dialing.Values];
        foreach (var dial in dials) await dial.DisposeAsync();
        lock (gate) isLeaving = true;
        foreach (var run in Runs()) run.Presence.Leave();
        List<PeerSession> open;
        lock (gate) open = [.. all];
        await Task.WhenAll(open.Select(session => session.DisposeAsync().AsTask()));
        foreach (var volume in Volumes) await RemoveAsync(volume.Id);
        stop.Dispose();
    }

    internal IReadOnlyList<string> OwnAddresses()
    {
        if (Addresses is { } named) return named();
        return listener is null ? [] : [PeerAddress.Format(listener.LocalEndPoint)];
    }

    internal VolumePresence? PresenceOf(VolumeId id)
    {
        lock (gate) return volumes.GetValueOrDefault(id)?.Presence;
    }

    internal Volume? VolumeOf(VolumeId id)
    {
        lock (gate) return volumes.GetValueOrDefault(id)?.Volume;
    }

    internal VolumeFetcher? FetcherOf(VolumeId id)
    {
        lock (gate) return volumes.GetValueOrDefault(id)?.Fetcher;
    }

    internal CopyKeeper? CopiesOf(VolumeId id)
    {
        lock (gate) return volumes.GetValueOrDefault(id)?.Copies;
    }

    /// <summary>A peer asks for contents to be kept that have too few copies; tells of each whether it is fetched.</summary>
    internal IReadOnlyList<bool> TakeCopies(Volume volume, IReadOnlyList<Content> contents)
    {
        if (volume.Copies is null || Pauses.IsFetchPaused(volume.Id)) return new bool[contents.Count];
        var (takes, lacking) = volume.Replica.Take(contents, volume.Contents);
        VolumeRun? run;
        lock (gate) run = volumes.GetValueOrDefault(volume.Id);
        if (lacking > 0) run?.Keeper.MakeRoom(lacking);
        return takes;
    }

    /// <summary>A sentence for a reader that waited in vain: which other devices are members, and when they were last connected.</summary>
    internal string WhoHas(Volume volume)
    {
        var peers = Peers().ToDictionary(peer => peer.Device);
        var members = volume.Members.All.SelectMany(member => member.Devices).Where(certificate => certificate.Device != device.Device).Select(certificate =>
            $"{certificate.Name} ({(peers.GetValueOrDefault(certificate.Device) is not { } peer ? "not seen since the start" : peer.IsConnected ? "connected, but did not send it"
                : peer.LastSeen is { } seen ? $"last seen {seen.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "not seen since the start")})").ToList();
        return members.Count == 0 ? "The content is not here, and the volume has no other devices."
            : $"The content is not here, and nobody sent it within {volume.Replica.ReadWait.TotalSeconds:0.#} s. Devices of the members: {string.Join(", ", members.Take(SyncLimits.NamedDevices))}{(members.Count > SyncLimits.NamedDevices ? $" and {members.Count - SyncLimits.NamedDevices} more" : "")}.";
    }

    internal void NoteNews() => OnNews?.Invoke();

    internal void NoteTold(VolumeId id, DeviceId peer, VersionVector vector)
    {
        lock (gate)
        {
            if (volumes.TryGetValue(id, out var run)) run.Told[peer] = vector;
        }
    }

    internal CheckpointKeeper? CheckpointsOf(VolumeId id)
    {
        lock (gate) return volumes.GetValueOrDefault(id)?.Checkpoints;
    }

    internal DeviceId? JoinedFrom(VolumeId id)
    {
        if (VolumeOf(id) is not { } volume) return null;
        lock (volume.State.Gate)
        {
            using var select = volume.State.Prepare("SELECT value FROM settings WHERE key = ?").Bind(InviterKey);
            return select.Step() ? select.Id<DeviceId>(0) : null;
        }
    }

    /// <summary>Whether some volume here has the device as a member, or was joined from it, and too few of its members are connected, or none that has what is missing.</summary>
    internal bool IsWanted(DeviceId peer)
    {
        var open = Sessions();
        return Runs().Any(run => (run.Volume.Members.RoleOf(peer) != Role.None || JoinedFrom(run.Volume.Id) == peer)
            && open.Count(session => session.TheirVectorOf(run.Volume.Id).IsShared) is var connected
            && (connected < SyncLimits.ConnectedMembers || (connected < SyncLimits.MostConnectedMembers && run.Presence.KeepsAll(peer) && run.Fetcher.IsStuck)));
    }

    /// <summary>No connected member has what is missing: one that keeps all, and is online, is dialled.</summary>
    internal void SeekHolder(VolumeId id)
    {
        VolumeRun? run;
        PeerDialing[] holders;
        lock (gate)
        {
            if (!volumes.TryGetValue(id, out run) || (run.Sought is { } last && Time.GetElapsedTime(last) < SyncLimits.AskAgain)) return;
            run.Sought = Time.GetTimestamp();
            holders = [.. dialing.Where(dial => !sessions.ContainsKey(dial.Key) && run.Presence.KeepsAll(dial.Key)).OrderBy(dial => dial.Key).Select(dial => dial.Value)];
            random.Shuffle(holders);
        }
        foreach (var holder in holders.Take(SyncLimits.PresenceFanOut)) holder.Hear();
    }

    internal PeerSession? SessionOf(DeviceId peer)
    {
        lock (gate) return sessions.GetValueOrDefault(peer);
    }

    internal List<VolumeRun> Runs()
    {
        lock (gate) return [.. volumes.Values];
    }

    internal List<PeerSession> Sessions()
    {
        lock (gate) return [.. sessions.Values];
    }

    internal async Task<PeerSession> ConnectAsync(DeviceId peer, EndPoint address, CancellationToken cancellation)
    {
        var session = Begin(await network.ConnectAsync(address, peer, cancellation));
        await session.Greeted.WaitAsync(SyncLimits.JoinTimeout, Time, cancellation);
        return session;
    }

    /// <summary>The peer is known now: of two connections to one device the one dialled by the lower DeviceId stays.</summary>
    internal void Greeted(PeerSession session)
    {
        PeerSession? other;
        PeerSession? loser = null;
        lock (gate)
        {
            sessions.TryGetValue(session.Remote, out other);
            var keepsNew = other is null || other.Connection.Closed.IsCompleted || session.Connection.IsDialled == device.Device.CompareTo(session.Remote) < 0
                || other.Connection.IsDialled == session.Connection.IsDialled;
            if (keepsNew) sessions[session.Remote] = session;
            if (other is not null && other != session) loser = keepsNew ? other : session;
        }
        if (loser is not null) _ = loser.Connection.CloseAsync(new CloseReason(CloseKind.Duplicate, "there is another connection"));
    }

    /// <summary>A volume is shared with a peer now: it is online, and another may have to go.</summary>
    internal void Shared(PeerSession session, VolumeId volume)
    {
        PresenceOf(volume)?.Connected(session.Remote);
        var open = Sessions();
        bool IsCrowded(VolumeId id) => open.Count(other => other.TheirVectorOf(id).IsShared) > SyncLimits.MostConnectedMembers;
        if (!IsCrowded(volume)) return;
        // Never the newcomer: it may know nobody else yet.
        var dispensable = open.Where(other => other != session && other.Volumes.Count > 0 && other.Volumes.All(IsCrowded)).OrderBy(other => other.Remote).ToList();
        if (dispensable.Count == 0) return;
        PeerSession victim;
        lock (gate) victim = dispensable[random.Next(dispensable.Count)];
        _ = victim.Connection.CloseAsync(new CloseReason(CloseKind.Limit, "connected to enough members"));
    }

    /// <summary>A connection ends, and is still known as the one to this peer.</summary>
    internal void Disconnecting(PeerSession session, CloseReason reason)
    {
        lock (gate)
        {
            if (isLeaving || reason.Kind == CloseKind.Duplicate || sessions.GetValueOrDefault(session.Remote) != session) return;
        }
        foreach (var volume in session.Volumes) PresenceOf(volume)?.Disconnected(session.Remote, reason.Kind);
    }

    internal void Ended(PeerSession session, CloseReason reason)
    {
        PeerDialing? dial;
        List<PeerDialing> others;
        lock (gate)
        {
            all.Remove(session);
            // Of members only: whoever else calls must not fill the memory.
            if (volumes.Values.Any(run => run.Volume.Members.RoleOf(session.Remote) != Role.None))
            {
                ended[session.Remote] = ended.GetValueOrDefault(session.Remote).With(session.Connection);
            }
            if (sessions.GetValueOrDefault(session.Remote) == session) sessions.Remove(session.Remote);
            dialing.TryGetValue(session.Remote, out dial);
            // One of those that were too many before may be wanted now.
            var waiting = dialing.Where(other => other.Key != session.Remote && !sessions.ContainsKey(other.Key)).OrderBy(other => other.Key).Select(other => other.Value).ToArray();
            random.Shuffle(waiting);
            others = sessions.Count >= SyncLimits.ConnectedMembers / 2 ? [.. waiting.Take(SyncLimits.PresenceFanOut)] : [];
        }
        dial?.Lost(session.Problem, reason.Kind == CloseKind.Limit);
        foreach (var other in others) other.Hear();
    }

    /// <summary>
    /// Asks the inviter. A connection may end under the question: it was about to, or both sides dialled at once and the other one stays. A ticket takes the same device again.
    /// </summary>
    private async Task<JoinResult> AskAsync(Ticket ticket, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            var session = SessionOf(ticket.Inviter) is { Connection.Closed.IsCompleted: false } connected ? connected : await ReachAsync(ticket.Inviter, ticket.Addresses, cancellation);
            try
            {
                return await session.JoinAsync(ticket, cancellation);
            }
            catch (PeerDriveException e) when (e.Kind == ErrorKind.Unreachable && tries < JoinTries)
            {
                // Asked again below, on the connection that stays or a new one; all tries would be used up on one that is about to end.
                await session.Connection.Closed.WaitAsync(cancellation);
            }
            catch (TimeoutException e)
            {
                throw new PeerDriveException(ErrorKind.Unreachable, "The inviting device does not answer. Try again while it is running.", e);
            }
        }
    }

    private async Task<PeerSession> ReachAsync(DeviceId peer, IReadOnlyList<IPEndPoint> addresses, CancellationToken cancellation)
    {
        PeerDriveException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                return await ConnectAsync(peer, address, cancellation);
            }
            catch (PeerDriveException e)
            {
                // It may have called meanwhile, and that connection be the one that stays.
                if (SessionOf(peer) is { Connection.Closed.IsCompleted: false } called) return called;
                last = e;
            }
            catch (TimeoutException e)
            {
                last = new PeerDriveException(ErrorKind.Unreachable, $"{address} does not answer.", e);
            }
        }
        throw new PeerDriveException(
            ErrorKind.Unreachable, $"The inviting device cannot be reached at {string.Join(" or ", addresses)}: {last?.Message ?? "the ticket names no address"}. It has to be running for its ticket to be used.", last);
    }

    private async Task AcceptAsync(IPeerListener from)
    {
        while (await from.AcceptAsync(CancellationToken.None) is { } connection) Begin(connection);
    }

    private PeerSession Begin(IPeerConnection connection)
    {
        var session = new PeerSession(this, connection);
        lock (gate) all.Add(session);
        session.Start();
        return session;
    }
}
