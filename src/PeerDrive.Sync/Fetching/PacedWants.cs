using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Transport.Connections;

namespace PeerDrive.Sync.Fetching;

/// <summary>
/// What one peer is to be asked for, no sooner than the limit lets it come: a chunk is taken from the limit when it is asked for, by the size
/// that chunks had lately, and given back as its bytes are counted. Readers' chunks go first. Without a limit nothing waits here.
/// </summary>
internal sealed class PacedWants(IPeerConnection connection, TimeProvider time, Func<VolumeId, IReadOnlyCollection<ChunkId>, bool, ValueTask> send) : IAsyncDisposable
{
    private const long FirstGuess = 64 * 1024;

    private readonly Lock gate = new();
    private readonly LinkedList<(VolumeId Volume, ChunkId Chunk, bool IsStreaming)> waiting = [];
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource stop = new();
    private LinkedListNode<(VolumeId Volume, ChunkId Chunk, bool IsStreaming)>? lastStreaming;
    private long guess = FirstGuess, reserved, underWay, ofChunk;
    private Task loop = Task.CompletedTask;

    /// <summary>Whether something waits for the limit: then it is not the peer that is slow.</summary>
    public bool IsHeldBack
    {
        get
        {
            lock (gate) return waiting.Count > 0;
        }
    }

    public void Start() => loop = RunAsync();

    /// <summary>Asks for chunks, now or when the limit allows it.</summary>
    public ValueTask AskAsync(VolumeId volume, IReadOnlyCollection<ChunkId> chunks, bool isStreaming)
    {
        lock (gate)
        {
            if (connection.Rates.Down.IsLimited || waiting.Count > 0)
            {
                foreach (var chunk in chunks) Enqueue((volume, chunk, isStreaming));
                signal.Writer.TryWrite(true);
                return ValueTask.CompletedTask;
            }
        }
        return send(volume, chunks, isStreaming);
    }

    /// <summary>Forgets what waits of a volume.</summary>
    /// <param name="alsoStreaming">Also what readers wait for.</param>
    public void Drop(VolumeId volume, bool alsoStreaming)
    {
        lock (gate)
        {
            for (var node = waiting.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Volume == volume && (alsoStreaming || !node.Value.IsStreaming)) Remove(node);
                node = next;
            }
        }
    }

    /// <summary>Content came, which the connection has counted.</summary>
    /// <param name="bytes">Of it.</param>
    /// <param name="chunks">That are whole with it.</param>
    public void NoteArrived(long bytes, int chunks)
    {
        lock (gate)
        {
            if (underWay == 0) return;
            ofChunk += bytes;
            if (chunks > 0 && ofChunk > 0)
            {
                guess = Math.Max(1, guess + (((ofChunk / chunks) - guess) / 8));
                ofChunk = 0;
            }
            underWay = Math.Max(0, underWay - chunks);
            var left = Math.Min(Math.Max(0, reserved - bytes), underWay * guess);
            connection.Rates.Down.GiveBack(reserved - left);
            reserved = left;
        }
    }

    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        await loop;
        stop.Dispose();
        lock (gate)
        {
            connection.Rates.Down.GiveBack(reserved);
            reserved = underWay = 0;
        }
    }

    private void Enqueue((VolumeId Volume, ChunkId Chunk, bool IsStreaming) want)
    {
        if (!want.IsStreaming) waiting.AddLast(want);
        else lastStreaming = lastStreaming is null ? waiting.AddFirst(want) : waiting.AddAfter(lastStreaming, want);
    }

    private void Remove(LinkedListNode<(VolumeId Volume, ChunkId Chunk, bool IsStreaming)> node)
    {
        if (node == lastStreaming) lastStreaming = node.Previous;
        waiting.Remove(node);
    }

    private async Task RunAsync()
    {
        using var timer = time.CreateTimer(_ => signal.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                await signal.Reader.ReadAsync(stop.Token);
                while (Next() is { } want) await send(want.Volume, want.Chunks, want.IsStreaming);
                TimeSpan? pause;
                lock (gate) pause = waiting.Count == 0 ? null : connection.Rates.Down.Wait(guess);
                if (pause is { } wait) timer.Change(wait > SyncLimits.WantPace ? wait : SyncLimits.WantPace, Timeout.InfiniteTimeSpan);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
        catch (PeerDriveException)
        {
            // The connection has ended, and its session ends by itself.
        }
    }

    /// <summary>What may be asked for now of one volume in one message; null: nothing.</summary>
    private (VolumeId Volume, List<ChunkId> Chunks, bool IsStreaming)? Next()
    {
        lock (gate)
        {
            if (waiting.First is not { } first) return null;
            var (volume, _, isStreaming) = first.Value;
            var chunks = new List<ChunkId>();
            while (waiting.First is { } node && node.Value.Volume == volume && node.Value.IsStreaming == isStreaming && chunks.Count < SyncLimits.WantChunks)
            {
                if (connection.Rates.Down.IsLimited)
                {
                    if (!connection.Rates.Down.TryTake(guess)) break;
                    reserved += guess;
                }
                underWay++;
                chunks.Add(node.Value.Chunk);
                Remove(node);
            }
            return chunks.Count == 0 ? null : (volume, chunks, isStreaming);
        }
    }
}
