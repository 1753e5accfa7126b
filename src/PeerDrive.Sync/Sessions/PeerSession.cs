using System.Net;
using System.Threading.Channels;
using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Invitations;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Sync.Presence;
using PeerDrive.Transport;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;
using ByteString = Google.Protobuf.ByteString;

namespace PeerDrive.Sync.Sessions;

/// <summary>One connection to one peer: says hello, then exchanges every volume of which both are members.</summary>
internal sealed class PeerSession : IAsyncDisposable
{
    private readonly SyncEngine engine;
    private readonly ChunkServer server, streaming;
    private readonly HaveServer haves;
    private readonly Dictionary<ulong, TaskCompletionSource<HaveAnswer[]>> questions = [];
    // As many places as there may be questions of ours at once. Who waits for a semaphore would leave the scheduler.
    private readonly Channel<bool> asking = Channel.CreateBounded<bool>(SyncLimits.AskedQuestions);
    private ulong lastQuestion;
    private readonly ChunkAssembly assembly = new(), streamed = new();
    private readonly Lock gate = new();
    private readonly Dictionary<VolumeId, VolumeShare> shares = [];
    private readonly HashSet<VolumeId> offered = [];
    // Waited for with a limit, which would leave the scheduler if continuations had to be asynchronous; so would the answer to a join.
    private readonly TaskCompletionSource hello = new();
    private TaskCompletionSource<JoinResult>? joining;
    private VolumeId joined;
    private PersonCertificate? person;
    private IPEndPoint? callBack;
    private Task loop = Task.CompletedTask, telling = Task.CompletedTask;
    private bool hasPresence, isTelling, hasEnded;

    public PeerSession(SyncEngine engine, IPeerConnection connection)
    {
        this.engine = engine;
        Connection = connection;
        Wants = new PacedWants(connection, engine.Time, (volume, chunks, isStreaming) => SendAsync(
            isStreaming ? Priority.Streaming : Priority.Control,
            new Message { Want = new Want { Volume = MessageCodec.Bytes(volume), Chunks = MessageCodec.Ids(chunks), Streaming = isStreaming } }));
        PresenceBrought = new PresenceMeter(engine.Time, SyncLimits.PresenceBurst, SyncLimits.PresencePerSecond);
        PresenceQuestions = new PresenceMeter(engine.Time, SyncLimits.PresenceQuestions, SyncLimits.PresenceQuestionsPerSecond);
        server = new ChunkServer(connection, Priority.Bulk, NoteLacked);
        streaming = new ChunkServer(connection, Priority.Streaming, NoteLacked);
        haves = new HaveServer(connection, engine.TakeCopies, (volume, contents) => engine.CopiesOf(volume.Id)?.NoteDropped(Remote, contents));
    }

    public IPeerConnection Connection { get; }

    /// <summary>What the peer is asked for passes here.</summary>
    public PacedWants Wants { get; }

    /// <summary>What it was asked for in bulk, of all volumes.</summary>
    public AskedChunks Asked { get; } = new();

    public DeviceId Remote => Connection.Remote;

    public string PersonName => person?.Name ?? "";

    /// <summary>Ends when the peer has said hello; fails when the connection ends before.</summary>
    public Task Greeted => hello.Task;

    /// <summary>Why the session ended, when it was not on purpose.</summary>
    public string? Problem { get; private set; }

    public IReadOnlyList<VolumeId> Volumes
    {
        get
        {
            lock (gate) return [.. shares.Keys];
        }
    }

    /// <summary>Volumes of which the peer told its state, and that are not here.</summary>
    public IReadOnlyList<VolumeId> Offered
    {
        get
        {
            lock (gate) return [.. offered];
        }
    }

    /// <summary>Bytes of history from which on a checkpoint is made of it.</summary>
    public long CheckpointLogBytes => engine.CheckpointLogBytes;

    public TimeProvider Time => engine.Time;

    /// <summary>Records that the peer may still bring.</summary>
    public PresenceMeter PresenceBrought { get; }

    /// <summary>Digests that the peer may still send.</summary>
    public PresenceMeter PresenceQuestions { get; }

    public void Start() => loop = RunAsync();

    /// <summary>Whether the peer may be told of members' presence in a volume.</summary>
    public bool HearsPresence(Volume volume) => hasPresence && TheirVectorOf(volume.Id).IsShared && MaySee(volume);

    /// <summary>Whether a volume is shared with the peer, and what it said that it has of it.</summary>
    public (bool IsShared, VersionVector? Vector) TheirVectorOf(VolumeId volume)
    {
        lock (gate) return shares.TryGetValue(volume, out var share) ? (true, share.Theirs) : (false, null);
    }

    /// <summary>Sends what need not arrive, without waiting. While the last is still under way, as to a peer that is slow, it is dropped.</summary>
    public void TryTell(Message message)
    {
        if (!Interlocked.Exchange(ref isTelling, true)) telling = TellAsync(message);
    }

    /// <summary>Asks the peer to say anew what it has of a volume.</summary>
    public async Task AskStateAsync(VolumeId volume)
    {
        var share = ShareOf(volume);
        if (share is not null) await share.SendStateAsync(replyWanted: true);
    }

    /// <summary>Whether the peer may see a volume now: a member, or whom this device joined it from.</summary>
    public bool MaySee(Volume volume) =>
        volume.Members.RoleOf(Remote) != Role.None || (person is not null && volume.Members.RoleOf(person.Person) != Role.None)
        || (volume.OwnRole == Role.None && engine.JoinedFrom(volume.Id) == Remote);

    /// <summary>Shares a volume with the peer if both are members; nothing is said to others.</summary>
    public async Task ShareAsync(Volume volume)
    {
        if (!hello.Task.IsCompletedSuccessfully || !MaySee(volume) || engine.Pauses.IsPaused(volume.Id)) return;
        if (OpenShare(volume) is not { } share) return;
        await share.SendStateAsync(replyWanted: true);
        await ComparePresenceAsync(volume.Id);
    }

    /// <summary>Nothing of a volume is exchanged any more, in either direction.</summary>
    public async Task PauseAsync(VolumeId volume)
    {
        var share = ShareOf(volume);
        server.Drop(volume);
        streaming.Drop(volume);
        if (share is null) return;
        await UnshareAsync(volume);
        await share.UnwantAsync(alsoStreaming: true);
    }

    public async Task UnshareAsync(VolumeId volume)
    {
        VolumeShare? share;
        lock (gate)
        {
            if (!shares.Remove(volume, out share)) return;
        }
        engine.FetcherOf(volume)?.RemoveSource(share);
        Wants.Drop(volume, alsoStreaming: true);
        if (share.Theirs is { } theirs) engine.NoteTold(volume, Remote, theirs);
        await share.DisposeAsync();
    }

    /// <summary>A volume changed here: pushes, or drops a peer that is no member any more.</summary>
    public async Task VolumeChangedAsync(Volume volume)
    {
        var share = ShareOf(volume.Id);
        if (share is null) await ShareAsync(volume);
        else if (MaySee(volume)) share.Wake();
        else await RefuseRemovedAsync(volume.Id);
    }

    /// <summary>Contents of a volume came, or a part of one: the peer may have asked for them in vain.</summary>
    public void NoteArrived(VolumeId volume)
    {
        ShareOf(volume)?.Vain.NoteArrived();
    }

    /// <summary>Asks which contents the peer has whole.</summary>
    /// <returns>Null: it did not answer in time, or went away.</returns>
    public async Task<IReadOnlyList<HaveAnswer>?> AskHaveAsync(VolumeId volume, IReadOnlyList<Content> contents, HaveWish wish, CancellationToken cancellation)
    {
        var has = new List<HaveAnswer>(contents.Count);
        foreach (var part in contents.Chunk(SyncLimits.HaveContents))
        {
            var query = new HaveQuery { Volume = MessageCodec.Bytes(volume), Wish = (uint)wish };
            query.Contents.AddRange(part.Select(content => new WholeContent { Root = MessageCodec.Bytes(content.Root), Depth = content.Depth, Size = content.Size }));
            await asking.Writer.WriteAsync(true, cancellation);
            var answer = new TaskCompletionSource<HaveAnswer[]>();
            lock (gate) questions[query.Request = ++lastQuestion] = answer;
            try
            {
                await SendAsync(Priority.Control, new Message { HaveQuery = query });
                var held = await answer.Task.WaitAsync(SyncLimits.HaveTimeout, engine.Time, cancellation);
                if (held.Length != part.Length) return null;
                has.AddRange(held);
            }
            catch (Exception e) when (e is PeerDriveException or TimeoutException)
            {
                return null;
            }
            finally
            {
                lock (gate) questions.Remove(query.Request);
                asking.Reader.TryRead(out _);
            }
        }
        return has;
    }

    public async Task<JoinResult> JoinAsync(Ticket ticket, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<JoinResult>();
        joining = answer;
        joined = ticket.Volume;
        await SendAsync(Priority.Control, new Message { Join = new Join { Volume = MessageCodec.Bytes(ticket.Volume), Secret = ByteString.CopyFrom(ticket.Secret.Span) } });
        return await answer.Task.WaitAsync(SyncLimits.JoinTimeout, engine.Time, cancellation);
    }

    public ValueTask SendAsync(Priority priority, Message message) =>
        Connection.SendAsync(priority, message.ToByteArray(), ReadOnlyMemory<byte>.Empty, CancellationToken.None);

    /// <summary>Ends the session for something that went wrong.</summary>
    public void Fail(PeerDriveException e)
    {
        if (e.Kind != ErrorKind.Unreachable) Problem ??= e.Message;
        _ = Connection.CloseAsync(new CloseReason(e.Kind == ErrorKind.Internal ? CloseKind.Internal : CloseKind.Protocol, e.Message));
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.CloseAsync(new CloseReason(CloseKind.Done, "closing"));
        await loop;
        await Connection.DisposeAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            await SendAsync(Priority.Control, new Message
            {
                Hello = new Hello { Version = SyncLimits.Version, Person = UnsafeByteOperations.UnsafeWrap(engine.Person.Der), Software = "peerdrive", Port = (uint)engine.Port, KeepAlive = (uint)TransportLimits.PromisedPing.TotalMilliseconds, Presence = engine.TellsPresence },
            });
            Connection.PromisePings(TransportLimits.PromisedPing);
            server.Start();
            streaming.Start();
            haves.Start();
            Wants.Start();
            while (await Connection.ReceiveAsync(CancellationToken.None) is { } frame)
            {
                using (frame) await HandleAsync(frame);
            }
        }
        catch (PeerDriveException e)
        {
            Fail(e);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A fault of ours that a peer found: it costs this connection, and nothing else.
            Fail(new PeerDriveException(ErrorKind.Internal, $"The connection was given up: {e.Message}", e));
        }
        var reason = await Connection.Closed;
        if (reason.Kind is not (CloseKind.Done or CloseKind.ShuttingDown or CloseKind.Duplicate)) Problem ??= reason.Text;
        await EndAsync(reason);
    }

    private async Task EndAsync(CloseReason reason)
    {
        var gone = new PeerDriveException(ErrorKind.Unreachable, $"The connection ended: {reason.Text}.");
        hello.TrySetException(gone);
        _ = hello.Task.Exception;
        joining?.TrySetException(gone);
        engine.Disconnecting(this, reason);
        FailQuestions(gone);
        // Who has this session in hand still may want to share a volume on it.
        lock (gate) hasEnded = true;
        foreach (var volume in Volumes) await UnshareAsync(volume);
        await telling;
        await server.DisposeAsync();
        await streaming.DisposeAsync();
        await haves.DisposeAsync();
        await Wants.DisposeAsync();
        assembly.Dispose();
        streamed.Dispose();
        engine.Ended(this, reason);
    }

    private async Task HandleAsync(Frame frame)
    {
        var message = MessageCodec.Decode(frame.Message);
        if (person is null != (message.KindCase == Message.KindOneofCase.Hello)) throw new PeerDriveException(ErrorKind.Protocol, "A peer's first message is its hello, and there is one only.");
        switch (message.KindCase)
        {
            case Message.KindOneofCase.Hello:
                await GreetAsync(message.Hello);
                break;
            case Message.KindOneofCase.State:
                await StateAsync(message.State);
                break;
            case Message.KindOneofCase.Changesets:
                if (ShareOf(message.Changesets.Volume) is { } sender) await sender.ReceiveAsync(message.Changesets);
                break;
            case Message.KindOneofCase.Checkpoint:
                ShareOf(message.Checkpoint.Volume)?.ReceiveCheckpoint(message.Checkpoint);
                break;
            case Message.KindOneofCase.CheckpointData:
                ShareOf(message.CheckpointData.Volume)?.ReceiveCheckpoint(message.CheckpointData, frame.Payload);
                break;
            case Message.KindOneofCase.Want:
                await WantedAsync(message.Want);
                break;
            case Message.KindOneofCase.Data:
                Received(message.Data, frame.Payload.Span, frame.Priority == Priority.Streaming);
                break;
            case Message.KindOneofCase.NotHere:
                NotHere(message.NotHere);
                break;
            case Message.KindOneofCase.Unwant:
                var unwanted = MessageCodec.Id<VolumeId>(message.Unwant.Volume);
                server.Drop(unwanted);
                if (message.Unwant.Streaming) streaming.Drop(unwanted);
                break;
            case Message.KindOneofCase.PresenceDigest:
                if (PresenceOf(message.PresenceDigest.Volume) is { } asked) await asked.ReceiveAsync(this, message.PresenceDigest);
                break;
            case Message.KindOneofCase.PresenceRecords:
                PresenceOf(message.PresenceRecords.Volume)?.Receive(this, message.PresenceRecords);
                break;
            case Message.KindOneofCase.HaveQuery:
                haves.Enqueue(ShareOf(message.HaveQuery.Volume) is { } shown && MaySee(shown.Volume) ? shown.Volume : null, message.HaveQuery);
                break;
            case Message.KindOneofCase.Have:
                Answered(message.Have);
                break;
            case Message.KindOneofCase.Join:
                await JoinedAsync(message.Join);
                break;
            case Message.KindOneofCase.Joined:
                if (MessageCodec.Id<VolumeId>(message.Joined.Volume) != joined || (Role)message.Joined.Role is < Role.Reader or > Role.Owner)
                    throw new PeerDriveException(ErrorKind.Protocol, "A peer confirmed an invitation that nobody accepted.");
                joining?.TrySetResult(new JoinResult(MessageCodec.Id<VolumeId>(message.Joined.Volume), message.Joined.Name, (Role)message.Joined.Role));
                break;
            case Message.KindOneofCase.JoinRefused:
                var kind = (ErrorKind)message.JoinRefused.Kind;
                joining?.TrySetException(new PeerDriveException(Enum.IsDefined(kind) ? kind : ErrorKind.Forbidden, message.JoinRefused.Message));
                break;
        }
    }

    private async Task GreetAsync(Hello message)
    {
        if (message.Version != SyncLimits.Version)
            throw new PeerDriveException(ErrorKind.Unsupported, $"The peer speaks version {message.Version} of the protocol, this device version {SyncLimits.Version}; update the older one.");
        var certificate = PersonCertificate.Decode(message.Person.ToByteArray());
        if (!Connection.RemoteCertificate.IsSignedBy(certificate)) throw new PeerDriveException(ErrorKind.Protocol, "The peer's device certificate is not signed by the person it names.");
        person = certificate;
        hasPresence = message.Presence && engine.TellsPresence;
        if (message.KeepAlive > 0) Connection.ExpectPings(TimeSpan.FromMilliseconds(message.KeepAlive));
        hello.TrySetResult();
        var common = engine.Volumes.Where(MaySee).ToList();
        if (common.Count > 0) Connection.Authorize();
        if (message.Port is > 0 and <= ushort.MaxValue && Connection.RemoteEndPoint is IPEndPoint remote) callBack = new IPEndPoint(remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address, (int)message.Port);
        engine.Greeted(this);
        foreach (var volume in common) await ShareAsync(volume);
    }

    private async Task StateAsync(VolumeState message)
    {
        if (engine.VolumeOf(MessageCodec.Id<VolumeId>(message.Volume)) is not { } volume)
        {
            NoteOffered(MessageCodec.Id<VolumeId>(message.Volume));
            return;
        }
        if (!MaySee(volume)) return;
        Connection.Authorize();
        if (engine.Pauses.IsPaused(volume.Id)) return;
        if (OpenShare(volume) is not null) await ComparePresenceAsync(volume.Id);
        // The volume may have been closed here meanwhile.
        if (ShareOf(message.Volume) is not { } share) return;
        if (message.ReplyWanted) await share.SendStateAsync(replyWanted: false);
        var vector = MessageCodec.Vector(message);
        share.SetTheirs(vector, message.CheckpointWanted);
        // It says so too when it has got something that it lacked.
        engine.FetcherOf(volume.Id)?.ForgetLacks(share);
        engine.NoteTold(volume.Id, Remote, vector);
        engine.CheckpointsOf(volume.Id)?.Told(Remote);
    }

    private void NoteOffered(VolumeId volume)
    {
        lock (gate)
        {
            if (offered.Count < SyncLimits.OfferedVolumes) offered.Add(volume);
        }
    }

    /// <summary>Begins to share a volume; null when it is shared already, or the session has ended.</summary>
    private VolumeShare? OpenShare(Volume volume)
    {
        VolumeShare share;
        lock (gate)
        {
            if (hasEnded || shares.ContainsKey(volume.Id)) return null;
            shares[volume.Id] = share = new VolumeShare(this, volume);
            share.Start();
        }
        var fetcher = engine.FetcherOf(volume.Id);
        fetcher?.AddSource(share);
        if (ShareOf(volume.Id) != share)
        {
            // It was unshared before it was a source, so nobody else takes it away.
            fetcher?.RemoveSource(share);
            Wants.Drop(volume.Id, alsoStreaming: true);
            return null;
        }
        engine.CopiesOf(volume.Id)?.Wake();
        engine.Shared(this, volume.Id);
        // Only of members: a stranger must not make us dial.
        if (callBack is not null && !Connection.IsDialled) engine.AddAddress(Remote, callBack);
        return share;
    }

    private async Task ComparePresenceAsync(VolumeId volume)
    {
        if (hasPresence && engine.PresenceOf(volume) is { } presence) await presence.CompareAsync(this);
    }

    private async Task TellAsync(Message message)
    {
        try
        {
            await SendAsync(Priority.Control, message);
        }
        catch (PeerDriveException)
        {
            // The connection ended; somebody else tells it.
        }
        finally
        {
            Volatile.Write(ref isTelling, false);
        }
    }

    /// <summary>Where presence in a volume is told; null when the peer may not see it.</summary>
    private VolumePresence? PresenceOf(ByteString volume) => hasPresence && ShareOf(volume) is { } share && MaySee(share.Volume) ? engine.PresenceOf(share.Volume.Id) : null;

    private VolumeShare? ShareOf(ByteString volume) => ShareOf(MessageCodec.Id<VolumeId>(volume));

    private VolumeShare? ShareOf(VolumeId volume)
    {
        lock (gate) return shares.GetValueOrDefault(volume);
    }

    private void NoteLacked(VolumeId volume, ChunkId chunk)
    {
        ShareOf(volume)?.Vain.Add(chunk);
    }

    private async Task WantedAsync(Want message)
    {
        var chunks = MessageCodec.Ids(message.Chunks, SyncLimits.WantChunks);
        if (ShareOf(message.Volume) is { } share && MaySee(share.Volume)) (message.Streaming ? streaming : server).Enqueue(share.Volume, chunks);
        // To who is no member everything is absent.
        else await SendAsync(Priority.Control, new Message { NotHere = new NotHere { Volume = message.Volume, Chunks = message.Chunks } });
    }

    private void Received(Data message, ReadOnlySpan<byte> payload, bool isStreamed)
    {
        var whole = 0;
        if (ShareOf(message.Volume) is not { } share || engine.FetcherOf(share.Volume.Id) is not { } fetcher)
        {
            Wants.NoteArrived(payload.Length, message.Pieces.Count);
            return;
        }
        fetcher.NoteData(share);
        if (isStreamed) fetcher.Demand.NoteData(share);
        // A part of one chunk may come between parts of another, but for those of one priority.
        (isStreamed ? streamed : assembly).Add(message, payload, chunk =>
        {
            whole++;
            if (!fetcher.Receive(share, chunk))
                throw new PeerDriveException(ErrorKind.Protocol, $"wrong hash: the peer sent other bytes for chunk {chunk.Id}");
        });
        Wants.NoteArrived(payload.Length, whole);
    }

    private void NotHere(NotHere message)
    {
        if (ShareOf(message.Volume) is not { } share || engine.FetcherOf(share.Volume.Id) is not { } fetcher) return;
        var chunks = MessageCodec.Ids(message.Chunks, SyncLimits.WantChunks);
        Wants.NoteArrived(0, chunks.Length);
        foreach (var chunk in chunks) fetcher.NotHere(share, chunk);
    }

    private void Answered(Have message)
    {
        TaskCompletionSource<HaveAnswer[]>? question;
        lock (gate) questions.TryGetValue(message.Request, out question);
        question?.TrySetResult([.. message.Held.Select(each => (HaveAnswer)each)]);
    }

    private void FailQuestions(PeerDriveException gone)
    {
        List<TaskCompletionSource<HaveAnswer[]>> open;
        lock (gate) open = [.. questions.Values];
        foreach (var question in open)
        {
            question.TrySetException(gone);
            _ = question.Task.Exception;
        }
    }

    private async Task JoinedAsync(Join message)
    {
        try
        {
            var volume = engine.VolumeOf(MessageCodec.Id<VolumeId>(message.Volume)) ?? throw TicketBook.Unknown();
            var role = await TicketBook.RedeemAsync(volume, message.Secret.Memory, person!, Connection.RemoteCertificate, engine.Time.GetUtcNow());
            Connection.Authorize();
            await SendAsync(Priority.Control, new Message { Joined = new Joined { Volume = message.Volume, Name = volume.Name, Role = (uint)role } });
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.Forbidden or ErrorKind.Expired)
        {
            await SendAsync(Priority.Control, new Message { JoinRefused = new JoinRefused { Volume = message.Volume, Kind = (uint)e.Kind, Message = e.Message } });
            await Connection.CloseAsync(new CloseReason(CloseKind.Done, "the ticket was refused"));
        }
    }

    private async Task RefuseRemovedAsync(VolumeId volume)
    {
        await UnshareAsync(volume);
        if (Volumes.Count == 0) await Connection.CloseAsync(new CloseReason(CloseKind.Refused, "no longer a member"));
    }
}
