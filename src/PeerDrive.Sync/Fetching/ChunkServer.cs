using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;

namespace PeerDrive.Sync.Fetching;

/// <summary>
/// Sends one peer the chunks it asks for, in its order: small ones several to a frame, large ones over several frames.
/// </summary>
/// <param name="priority">Those for readers go before those in bulk, and each has a server of its own.</param>
/// <param name="lacked">Told of each chunk that is not here, once the peer has been told.</param>
internal sealed class ChunkServer(IPeerConnection connection, Priority priority, Action<VolumeId, ChunkId> lacked) : IAsyncDisposable
{
    private readonly Channel<(Volume Volume, ChunkId Chunk, CancellationToken Unwanted)> asked = Channel.CreateBounded<(Volume, ChunkId, CancellationToken)>(
        new BoundedChannelOptions(SyncLimits.ServedChunks) { SingleReader = true });

    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<VolumeId, CancellationTokenSource> wanted = [];
    private readonly byte[] payload = new byte[TransportLimits.PayloadBytes];
    private Task loop = Task.CompletedTask;
    private Data data = new();
    private int used;
    private CancellationToken unwanted;

    public void Start() => loop = RunAsync();

    /// <exception cref="PeerDriveException">LimitExceeded: the peer asks for more at once than any honest one does.</exception>
    public void Enqueue(Volume volume, IEnumerable<ChunkId> chunks)
    {
        var now = wanted.GetOrAdd(volume.Id, _ => new CancellationTokenSource()).Token;
        foreach (var chunk in chunks)
        {
            if (!asked.Writer.TryWrite((volume, chunk, now))) throw new PeerDriveException(ErrorKind.LimitExceeded, "A peer asks for too many chunks at once.");
        }
    }

    /// <summary>What was asked for of a volume so far is not wanted any more: what waits to be sent is dropped.</summary>
    public void Drop(VolumeId volume)
    {
        // Not disposed: frames on their way still look at its token.
        if (!wanted.TryRemove(volume, out var source)) return;
        source.Cancel();
        connection.DropUnwanted();
    }

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await asked.Reader.WaitToReadAsync(stop.Token))
            {
                while (asked.Reader.TryRead(out var next)) await SendAsync(next.Volume, next.Chunk, next.Unwanted);
                await FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
        catch (PeerDriveException e)
        {
            // Mostly the connection is gone, and its session ends by itself; otherwise nothing more can be served on it.
            await connection.CloseAsync(new CloseReason(CloseKind.Internal, e.Message));
        }
    }

    private async Task SendAsync(Volume volume, ChunkId id, CancellationToken unwantedIf)
    {
        // What is gathered goes with one token: all of it is wanted or none.
        if (unwanted != unwantedIf) await FlushAsync();
        unwanted = unwantedIf;
        if (unwanted.IsCancellationRequested) return;
        StoredChunk chunk;
        try
        {
            chunk = volume.Contents.Chunks.ReadStored(id);
        }
        catch (PeerDriveException e) when (e.Kind is ErrorKind.NotHere or ErrorKind.Corrupt or ErrorKind.NotFound or ErrorKind.Io)
        {
            var message = new Message { NotHere = new NotHere { Volume = MessageCodec.Bytes(volume.Id), Chunks = MessageCodec.Ids([id]) } };
            await connection.SendAsync(Priority.Control, message.ToByteArray(), ReadOnlyMemory<byte>.Empty, stop.Token);
            lacked(volume.Id, id);
            return;
        }
        using (chunk)
        {
            if (data.Pieces.Count > 0 && (data.Volume != MessageCodec.Bytes(volume.Id) || used + chunk.Payload.Length > payload.Length)) await FlushAsync();
            var encoding = (uint)chunk.Encoding;
            for (var offset = 0; offset < chunk.Payload.Length;)
            {
                if (used == payload.Length) await FlushAsync();
                // The rest of a chunk whose beginning was dropped would make no sense.
                if (unwanted.IsCancellationRequested) break;
                var length = Math.Min(payload.Length - used, chunk.Payload.Length - offset);
                var isFrame = length == payload.Length;
                if (!isFrame) chunk.Payload.Span.Slice(offset, length).CopyTo(payload.AsSpan(used));
                data.Volume = MessageCodec.Bytes(volume.Id);
                data.Pieces.Add(new Piece
                {
                    Chunk = MessageCodec.Bytes(id), Encoding = encoding, Plain = (uint)chunk.Plain, Stored = (uint)chunk.Payload.Length,
                    Offset = (uint)offset, Length = (uint)length,
                });
                used += length;
                if (isFrame) await FlushAsync(chunk.Payload.Memory.Slice(offset, length));
                offset += length;
            }
        }
    }

    private Task FlushAsync() => data.Pieces.Count == 0 ? Task.CompletedTask : FlushAsync(payload.AsMemory(0, used));

    private async Task FlushAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!unwanted.IsCancellationRequested) await connection.SendAsync(priority, new Message { Data = data }.ToByteArray(), bytes, unwanted, stop.Token);
        data = new Data();
        used = 0;
    }
}
