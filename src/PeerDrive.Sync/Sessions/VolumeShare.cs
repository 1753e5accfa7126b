using System.Threading.Channels;
using Google.Protobuf;
using PeerDrive.Model;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Checkpoints;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport.Framing;
using Changesets = PeerDrive.Sync.Messages.Wire.Changesets;

namespace PeerDrive.Sync.Sessions;

/// <summary>
/// One volume on one connection: knows what the peer has, sends what it lacks in causal order, and pushes what is committed.
/// </summary>
internal sealed class VolumeShare : IChunkSource, IAsyncDisposable
{
    private readonly PeerSession session;
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly CheckpointReceiver checkpoints;
    private VersionVector? theirs;
    private VersionVector? reported;
    private volatile bool hasGap, isCheckpointWanted;
    private bool isCheckpointSent;
    private Task loop = Task.CompletedTask;

    public VolumeShare(PeerSession session, Volume volume)
    {
        this.session = session;
        Volume = volume;
        checkpoints = new CheckpointReceiver(volume, session.Connection.RemoteCertificate);
        Vain = new VainWants(volume.Contents.Chunks.Contains, session.Time, Wake);
    }

    public Volume Volume { get; }

    /// <summary>What the peer has, as far as it said or was sent; null: it has said nothing yet.</summary>
    public VersionVector? Theirs
    {
        get
        {
            lock (gate) return theirs;
        }
    }

    /// <summary>What the peer asked for and was not here.</summary>
    public VainWants Vain { get; }

    public void Start() => loop = RunAsync();

    /// <summary>Something was committed here.</summary>
    public void Wake() => signal.Writer.TryWrite(true);

    public ValueTask SendStateAsync(bool replyWanted) =>
        session.SendAsync(Priority.Control, new Message { State = MessageCodec.State(Volume.Id, Volume.Vector, replyWanted, Volume.Checkpoints.IsWanted) });

    /// <summary>The peer says what it has.</summary>
    /// <param name="checkpointWanted">It has nothing, and takes a checkpoint first.</param>
    public void SetTheirs(VersionVector vector, bool checkpointWanted)
    {
        lock (gate) theirs = vector;
        isCheckpointWanted |= checkpointWanted;
        Volume.AwaitOwnLog(this, vector);
        Wake();
    }

    public void ReceiveCheckpoint(Checkpoint message) => checkpoints.Begin(message);

    public void ReceiveCheckpoint(Data data, ReadOnlyMemory<byte> payload) => checkpoints.Add(data, payload);

    public ValueTask WantAsync(IReadOnlyCollection<ChunkId> chunks, bool isStreaming) => session.Wants.AskAsync(Volume.Id, chunks, isStreaming);

    public AskedChunks Asked => session.Asked;

    public bool IsHeldBack => session.Wants.IsHeldBack;

    public ValueTask UnwantAsync(bool alsoStreaming)
    {
        session.Wants.Drop(Volume.Id, alsoStreaming);
        return session.SendAsync(Priority.Control, new Message { Unwant = new Unwant { Volume = MessageCodec.Bytes(Volume.Id), Streaming = alsoStreaming } });
    }

    /// <summary>Takes in changesets that the peer sent.</summary>
    /// <exception cref="PeerDriveException">Protocol: they are wrong, and the message names what is.</exception>
    public async Task ReceiveAsync(Changesets message)
    {
        var changesets = message.Changesets_.Select(MessageCodec.Decode).ToList();
        StoreInline(message, changesets);
        var outcome = await Volume.ApplyAsync(changesets);
        lock (gate)
        {
            if (theirs is not null)
            {
                foreach (var changeset in changesets) theirs = theirs.Extend(changeset.Tip, changeset.Header.Previous);
            }
        }
        if (outcome.Refusal is null) return;
        if (!outcome.IsGap) throw new PeerDriveException(ErrorKind.Protocol, outcome.Refusal);
        hasGap = true;
        await ReportGapAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Volume.StopAwaitingOwnLog(this);
        stop.Cancel();
        Vain.Dispose();
        await loop;
        checkpoints.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await signal.Reader.ReadAsync(stop.Token);
                await ReportGapAsync();
                if (Vain.TakeDue()) await SendStateAsync(replyWanted: false);
                await SendCheckpointAsync();
                while (await PushAsync())
                {
                    stop.Token.ThrowIfCancellationRequested();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
        catch (PeerDriveException e)
        {
            session.Fail(e);
        }
    }

    /// <summary>
    /// After a gap the peer takes us to have what we refused. It is told what we have, once for each state: told twice, it would
    /// send the same again.
    /// </summary>
    private async Task ReportGapAsync()
    {
        var vector = Volume.Vector;
        if (!hasGap || vector.Equals(reported)) return;
        hasGap = false;
        reported = vector;
        await SendStateAsync(replyWanted: false);
    }

    /// <summary>A checkpoint goes before the history, and once on a connection.</summary>
    private async Task SendCheckpointAsync()
    {
        if (!isCheckpointWanted || isCheckpointSent || !session.MaySee(Volume)) return;
        isCheckpointSent = true;
        if (Volume.Checkpoints.Make(session.CheckpointLogBytes) is { } checkpoint) await CheckpointSender.SendAsync(session.Connection, Volume.Id, checkpoint, stop.Token);
    }

    /// <returns>Whether there may be more to send.</returns>
    private async Task<bool> PushAsync()
    {
        VersionVector known;
        lock (gate)
        {
            if (theirs is null) return false;
            known = theirs;
        }
        if (!session.MaySee(Volume)) return false;
        var missing = Volume.ReadMissing(known, SyncLimits.ChangesetBatchBytes);
        if (missing.Count == 0) return false;
        var message = new Changesets { Volume = MessageCodec.Bytes(Volume.Id) };
        message.Changesets_.AddRange(missing.Select(MessageCodec.Encode));
        AddInline(message, missing);
        await session.SendAsync(Priority.Control, new Message { Changesets = message });
        lock (gate)
        {
            foreach (var changeset in missing) theirs = theirs!.Extend(changeset.Tip, changeset.Header.Previous);
        }
        return true;
    }

    /// <summary>Puts small contents and short chunk lists beside the changesets that name them.</summary>
    private void AddInline(Changesets message, IEnumerable<Model.Changesets.Changeset> changesets)
    {
        var bytes = 0;
        foreach (var root in RootsOf(changesets))
        {
            if (bytes > SyncLimits.InlineBatchBytes) return;
            if (Volume.Contents.Chunks.PlainLength(root) is not (> 0 and <= ModelLimits.InlineBytes)) continue;
            using var plain = Volume.Contents.Chunks.Read(root);
            message.Chunks.Add(new InlineChunk { Plain = ByteString.CopyFrom(plain.Span) });
            bytes += plain.Length;
        }
    }

    private void StoreInline(Changesets message, List<Model.Changesets.Changeset> changesets)
    {
        if (message.Chunks.Count == 0) return;
        var named = RootsOf(changesets).ToHashSet();
        foreach (var chunk in message.Chunks)
        {
            var id = Model.Identifiers.Id.Hash<ChunkId>(chunk.Plain.Span);
            if (chunk.Plain.Length is > 0 and <= ModelLimits.InlineBytes && named.Contains(id)) Volume.Contents.Chunks.Put(id, chunk.Plain.Span);
        }
    }

    private static IEnumerable<ChunkId> RootsOf(IEnumerable<Model.Changesets.Changeset> changesets) =>
        changesets.SelectMany(changeset => changeset.Body.Operations).OfType<Operation.Revise>()
            .Select(revise => revise.Revision.State.Content).Where(content => !content.IsEmpty).Select(content => content.Root).Distinct();
}
