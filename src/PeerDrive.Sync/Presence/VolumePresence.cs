using System.Threading.Channels;
using Google.Protobuf;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;
using WireRecord = PeerDrive.Sync.Messages.Wire.PresenceRecord;

namespace PeerDrive.Sync.Presence;

/// <summary>
/// Who of a volume's members is where, as told from one to another. Says what this device has to say, passes on what is new to a few connected
/// members by chance, and compares with one of them from time to time. While everybody who is online is connected it says nothing.
/// </summary>
internal sealed class VolumePresence : IAsyncDisposable
{
    private static readonly byte[] HashOfNothing = new PresenceTable(TimeProvider.System).Digest().Hash;

    private readonly SyncEngine engine;
    private readonly Volume volume;
    private readonly Random random;
    private readonly PresenceTable table;
    private readonly PendingPresence pending = new();
    private readonly Lock gate = new(), speaking = new();
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<DeviceId, PresenceMeter> passedOn = [];
    private volatile string saidPolicy = "";
    private volatile bool hasNews, hasNewVector, hasNewAddress;
    private long? said, asked, saved;
    private volatile IReadOnlyList<string> saidAddresses = [];
    private long lastTime, told;
    private Task loop = Task.CompletedTask;

    public VolumePresence(SyncEngine engine, Volume volume, Random random)
    {
        this.engine = engine;
        this.volume = volume;
        this.random = random;
        table = new PresenceTable(engine.Time);
    }

    public IReadOnlyList<PresenceEntry> Entries => table.All;

    /// <summary>Volumes that this device offers to the members of this one.</summary>
    public IReadOnlyList<VolumeId> Offers { get; private set; } = [];

    /// <summary>Members are told of what this device offers from now on.</summary>
    public void SetOffers(IReadOnlyList<VolumeId> offers)
    {
        if (Offers.SequenceEqual(offers)) return;
        Offers = offers;
        SayAnew();
    }

    public void Start()
    {
        foreach (var entry in PresenceArchive.Load(volume))
        {
            if (IsMember(entry.Record.Device) && table.Put(entry).IsNew) TellWhere(entry);
        }
        saved = engine.Time.GetTimestamp();
        loop = RunAsync();
    }

    /// <summary>Ends; what is known is kept.</summary>
    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        if (saved is not null) Save();
        stop.Dispose();
    }

    /// <summary>Whether a device that is not connected counts as online.</summary>
    public bool IsFresh(PresenceEntry entry) =>
        entry.Alive is { } alive && !entry.Record.IsLeaving && engine.Time.GetElapsedTime(alive) < SyncLimits.PresenceFresh * Refresh();

    /// <summary>Whether a device is online, as far as it is known, and means to have all contents.</summary>
    public bool KeepsAll(DeviceId device) => table.Of(device) is { Record.Policy: "full" } entry && IsFresh(entry);

    /// <summary>Addresses, policy or connections changed: members are told soon.</summary>
    public void SayAnew()
    {
        hasNews = true;
        Wake();
    }

    /// <summary>Members are told if this device keeps more or less of the volume from now on.</summary>
    public void PolicyChanged()
    {
        if (saidPolicy.Length > 0 && saidPolicy != volume.Replica.Policy.Name) SayAnew();
    }

    /// <summary>Members are told if this device is to be reached elsewhere now.</summary>
    public void NetworkChanged()
    {
        if (!engine.OwnAddresses().SequenceEqual(saidAddresses)) SayAnew();
    }

    /// <summary>The volume changed: members who are not connected learn of it a little later, and records that came before their devices count.</summary>
    public void VolumeChanged()
    {
        hasNewVector = true;
        Wake();
    }

    public void Connected(DeviceId peer) => table.Saw(peer);

    public void Disconnected(DeviceId peer, CloseKind kind)
    {
        // With connections enough both go on.
        if (kind == CloseKind.Limit) table.Saw(peer);
        else table.Lost(peer);
        // Who stopped said so. Else somebody may still reach the other one: through it we see each other.
        if (kind is not (CloseKind.Limit or CloseKind.Done or CloseKind.ShuttingDown) && table.Of(peer) is not null) SayAnew();
    }

    /// <summary>Begins to compare what both know.</summary>
    public ValueTask CompareAsync(PeerSession session) => session.SendAsync(Priority.Control, Digest(withKnown: false, replyWanted: true));

    /// <summary>A peer says what it knows.</summary>
    /// <exception cref="PeerDriveException">Protocol.</exception>
    public async Task ReceiveAsync(PeerSession session, PresenceDigest message)
    {
        if (message.Hash.Length != PresenceTable.HashBytes || message.Known.Length % PresenceTable.KnownBytes != 0 || message.Known.Length / PresenceTable.KnownBytes > 2 * SyncLimits.PresenceRecords)
            throw new PeerDriveException(ErrorKind.Protocol, "A peer sent an impossible presence digest.");
        if (!session.PresenceQuestions.Admits() || table.Digest().Hash.AsSpan().SequenceEqual(message.Hash.Span)) return;
        var isWhole = !message.Known.IsEmpty || message.Hash.Span.SequenceEqual(HashOfNothing);
        if (isWhole)
        {
            foreach (var batch in table.MissingAt(message.Known.Span).Chunk(SyncLimits.PresenceBatch)) await session.SendAsync(Priority.Control, Records(batch));
        }
        if (message.ReplyWanted) await session.SendAsync(Priority.Control, Digest(withKnown: true, replyWanted: !isWhole));
    }

    /// <summary>A peer brings records. What is not new or not from a member is passed over.</summary>
    /// <exception cref="PeerDriveException">Protocol: a record is forged, or none; whoever passes it on has not looked at it.</exception>
    public void Receive(PeerSession session, PresenceRecords message)
    {
        if (message.Records.Count > SyncLimits.PresenceBatch) throw new PeerDriveException(ErrorKind.Protocol, "A peer sent too many presence records at once.");
        var news = new List<PresenceEntry>();
        foreach (var wire in message.Records)
        {
            if (!session.PresenceBrought.Admits()) break;
            var record = PresenceRecord.Decode(wire.Body.ToByteArray(), wire.Signature.ToByteArray());
            if (record.Volume != volume.Id) throw new PeerDriveException(ErrorKind.Protocol, "A peer sent a presence record of another volume.");
            var age = Min(TimeSpan.FromSeconds(wire.Age), SyncLimits.PresenceExpiry);
            var alive = engine.Time.GetTimestamp() - (long)(age.TotalSeconds * engine.Time.TimestampFrequency);
            if (Take(new PresenceEntry(record, engine.Time.GetUtcNow() - age, alive, session.Remote)) is { } entry) news.Add(entry);
        }
        PassOn(news, session);
    }

    /// <summary>Tells a few members that this device stops, if there are any that would not see it.</summary>
    public void Leave()
    {
        if (said is not null && CanSpeak() && SeesOthers()) Say(isLeaving: true);
    }

    private void Wake() => signal.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                Act();
                // A timer and not a race of tasks, which would leave the scheduler.
                using var timer = engine.Time.CreateTimer(_ => Wake(), null, UntilNext(), Timeout.InfiniteTimeSpan);
                await signal.Reader.ReadAsync(stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
    }

    private void Act()
    {
        PassOn([.. pending.Take(IsMember).Select(TakePending).OfType<PresenceEntry>()], null);
        table.Prune(IsMember);
        if (IsDue(said, UntilSaying())) Say(isLeaving: false);
        if (SeesOthers() && IsDue(asked, Refresh()))
        {
            asked = engine.Time.GetTimestamp();
            Listeners(null, 1).ForEach(session => session.TryTell(Digest(withKnown: false, replyWanted: true)));
        }
        if (IsDue(saved, hasNewAddress ? SyncLimits.PresenceSaveSoon : SyncLimits.PresenceSave)) Save();
    }

    /// <summary>How long after the last time this device speaks again; null: nothing asks for it.</summary>
    private TimeSpan? UntilSaying()
    {
        if (!CanSpeak()) return null;
        if (said is null || hasNews) return SyncLimits.PresenceGap;
        if (!SeesOthers()) return null;
        return hasNewVector ? Refresh() / 6 : Refresh();
    }

    private TimeSpan UntilNext()
    {
        var next = Left(saved, hasNewAddress ? SyncLimits.PresenceSaveSoon : SyncLimits.PresenceSave);
        if (UntilSaying() is { } pause) next = Min(next, Left(said, pause));
        if (SeesOthers()) next = Min(next, Left(asked, Refresh()));
        // Never at once: what is due was just done.
        return next > TimeSpan.FromMilliseconds(50) ? next : TimeSpan.FromMilliseconds(50);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private TimeSpan Left(long? since, TimeSpan span) => since is { } then ? span - engine.Time.GetElapsedTime(then) : span;

    private bool IsDue(long? since, TimeSpan? span) => span is { } pause && (since is null || engine.Time.GetElapsedTime(since.Value) >= pause);

    /// <summary>Whether somebody is online whom this device is not connected to: only then something depends on what is told.</summary>
    private bool SeesOthers() => table.All.Any(entry => entry.Record.Device != engine.Device && IsFresh(entry) && engine.SessionOf(entry.Record.Device) is null);

    /// <summary>Between two records that say nothing new: grows with the number of devices, so that each one's traffic does not.</summary>
    private TimeSpan Refresh()
    {
        var many = SyncLimits.PresenceRefreshPerDevice * table.Count;
        return many > SyncLimits.PresenceRefresh ? many : SyncLimits.PresenceRefresh;
    }

    /// <summary>Others believe nothing of a device that the log does not name.</summary>
    private bool CanSpeak() => IsMember(engine.Device);

    private bool IsMember(DeviceId device) => volume.Members.CertificateOf(device) is not null && volume.Members.RoleOf(device) != Role.None;

    private void Say(bool isLeaving)
    {
        PresenceEntry entry;
        lock (speaking) entry = Speak(isLeaving);
        if (table.Put(entry).IsNew) Tell([entry], null);
    }

    private PresenceEntry Speak(bool isLeaving)
    {
        hasNews = hasNewVector = false;
        said = engine.Time.GetTimestamp();
        var now = engine.Time.GetUtcNow().ToUnixTimeMilliseconds();
        // Later than all before, but not stuck in the future by a clock that was once wrong; what others hold of us they have believed.
        if (lastTime > now + (long)SyncLimits.PresenceFuture.TotalMilliseconds) lastTime = 0;
        lastTime = Math.Max(now, Math.Max(lastTime, Volatile.Read(ref told)) + 1);
        (saidAddresses, saidPolicy) = (engine.OwnAddresses(), volume.Replica.Policy.Name);
        var record = PresenceRecord.Create(new PresenceClaim(volume.Id, saidAddresses, saidPolicy, isLeaving) { Offers = Offers }, volume.Vector, lastTime, engine.Key);
        return new PresenceEntry(record, engine.Time.GetUtcNow(), said, engine.Device);
    }

    private PresenceEntry? TakePending(PresenceEntry entry)
    {
        try
        {
            return Take(entry);
        }
        catch (PeerDriveException)
        {
            // Who brought it could not be blamed then, as nobody could tell.
            return null;
        }
    }

    /// <summary>Keeps a record that is new, if it is right.</summary>
    /// <returns>The entry when others should hear of it.</returns>
    /// <exception cref="PeerDriveException">Protocol: it is forged.</exception>
    private PresenceEntry? Take(PresenceEntry entry)
    {
        var record = entry.Record;
        if (table.Of(record.Device) is { } known && known.Record.Time >= record.Time) return null;
        if (record.Time > (engine.Time.GetUtcNow() + SyncLimits.PresenceFuture).ToUnixTimeMilliseconds()) return null;
        if (!IsMember(record.Device))
        {
            pending.Add(entry);
            return null;
        }
        if (!record.IsSignedBy(volume.Members.CertificateOf(record.Device)!)) throw new PeerDriveException(ErrorKind.Protocol, "A peer sent a presence record with a wrong signature.");
        if (record.Device == engine.Device)
        {
            // Of an earlier life: what is said from now on must be later.
            if (record.Time > Interlocked.Exchange(ref told, Math.Max(told, record.Time))) SayAnew();
            return null;
        }
        var (former, isNew) = table.Put(entry);
        if (!isNew) return null;
        if (former?.Record.Policy != record.Policy) engine.CopiesOf(volume.Id)?.Wake();
        if (former is null || !former.Record.Addresses.SequenceEqual(record.Addresses)) hasNewAddress = true;
        TellWhere(entry);
        if (!record.Offers.SequenceEqual(former?.Record.Offers ?? [])) engine.NoteNews();
        Wake();
        return MayPassOn(record.Device) ? entry : null;
    }

    /// <summary>A device that speaks too often is not echoed by everybody.</summary>
    private bool MayPassOn(DeviceId device)
    {
        lock (gate)
        {
            if (passedOn.Count > SyncLimits.PresenceRecords) passedOn.Clear();
            if (!passedOn.TryGetValue(device, out var meter))
                passedOn[device] = meter = new PresenceMeter(engine.Time, SyncLimits.PresenceRelayBurst, SyncLimits.PresenceRelayPerSecond);
            return meter.Admits();
        }
    }

    private void TellWhere(PresenceEntry entry)
    {
        if (entry.Record.IsLeaving) return;
        // The first is the likeliest, and the last added is dialled first.
        foreach (var address in entry.Record.Addresses.Reverse()) engine.AddAddress(entry.Record.Device, address, isSure: false);
    }

    private void PassOn(List<PresenceEntry> news, PeerSession? from)
    {
        foreach (var batch in news.Chunk(SyncLimits.PresenceBatch)) Tell(batch, from);
    }

    private void Tell(IReadOnlyList<PresenceEntry> entries, PeerSession? except)
    {
        foreach (var session in Listeners(except, SyncLimits.PresenceFanOut)) session.TryTell(Records(entries));
    }

    /// <summary>Some connected members, by chance.</summary>
    private List<PeerSession> Listeners(PeerSession? except, int most)
    {
        var all = engine.Sessions().Where(session => session != except && session.HearsPresence(volume)).OrderBy(session => session.Remote).ToArray();
        lock (gate) random.Shuffle(all);
        return [.. all.Take(most)];
    }

    private Message Records(IEnumerable<PresenceEntry> entries)
    {
        var message = new PresenceRecords { Volume = MessageCodec.Bytes(volume.Id) };
        message.Records.AddRange(entries.Select(entry => new WireRecord
        {
            Body = UnsafeByteOperations.UnsafeWrap(entry.Record.Body),
            Signature = UnsafeByteOperations.UnsafeWrap(entry.Record.Signature),
            Age = (uint)Age(entry).TotalSeconds,
        }));
        return new Message { PresenceRecords = message };
    }

    /// <summary>Since the last sign of life.</summary>
    private TimeSpan Age(PresenceEntry entry)
    {
        if (entry.Record.Device == engine.Device || engine.SessionOf(entry.Record.Device) is not null) return TimeSpan.Zero;
        var age = entry.Alive is { } alive ? engine.Time.GetElapsedTime(alive) : Max(engine.Time.GetUtcNow() - entry.Heard, SyncLimits.PresenceFresh * Refresh());
        return Max(TimeSpan.Zero, Min(age, SyncLimits.PresenceExpiry));
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private Message Digest(bool withKnown, bool replyWanted)
    {
        var (hash, known) = table.Digest();
        return new Message
        {
            PresenceDigest = new PresenceDigest
            {
                Volume = MessageCodec.Bytes(volume.Id), Hash = UnsafeByteOperations.UnsafeWrap(hash),
                Known = withKnown ? UnsafeByteOperations.UnsafeWrap(known) : ByteString.Empty, ReplyWanted = replyWanted,
            },
        };
    }

    private void Save()
    {
        saved = engine.Time.GetTimestamp();
        hasNewAddress = false;
        try
        {
            foreach (var entry in table.All.Where(entry => engine.SessionOf(entry.Record.Device) is not null)) table.Saw(entry.Record.Device);
            PresenceArchive.Save(volume, table.All.Where(entry => entry.Record.Device != engine.Device));
        }
        catch (PeerDriveException)
        {
            // A full disk: peers tell it again after the next start.
        }
    }
}
