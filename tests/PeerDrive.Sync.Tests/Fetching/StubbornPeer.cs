using Google.Protobuf;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>A member that is connected, shares the volume and treats wants as a test says; it goes away with its disposal.</summary>
internal sealed class StubbornPeer : IAsyncDisposable
{
    private readonly HostilePeer peer;
    private readonly IPeerConnection connection;
    private readonly Func<ChunkId, Message?> answer;
    private readonly byte[] payload;
    private readonly Task loop;
    private int wants;

    private StubbornPeer(HostilePeer peer, IPeerConnection connection, Func<ChunkId, Message?> answer, byte[] payload)
    {
        this.peer = peer;
        this.connection = connection;
        this.answer = answer;
        this.payload = payload;
        loop = RunAsync();
    }

    /// <summary>Chunks that it was asked for.</summary>
    public int Wants => Volatile.Read(ref wants);

    public Task<CloseReason> Closed => connection.Closed;

    /// <param name="answer">What to say to a want for one chunk; null: nothing.</param>
    /// <param name="payload">Goes with each answer.</param>
    public static async Task<StubbornPeer> ConnectAsync(TestNode victim, Func<ChunkId, Message?> answer, params byte[] payload)
    {
        var peer = await HostilePeer.CreateAsync(victim, Role.Writer);
        var connection = await peer.ConnectAsync();
        var stubborn = new StubbornPeer(peer, connection, answer, payload);
        await stubborn.SendAsync(peer.Hello(), []);
        await stubborn.SendAsync(new Message { State = MessageCodec.State(peer.Volume.Id, peer.Volume.Vector, replyWanted: false, checkpointWanted: false) }, []);
        return stubborn;
    }

    public static Message NotHere(VolumeId volume, ChunkId chunk) => new() { NotHere = new NotHere { Volume = MessageCodec.Bytes(volume), Chunks = MessageCodec.Ids([chunk]) } };

    public static Message Wrong(VolumeId volume, ChunkId chunk, int length)
    {
        var data = new Data { Volume = MessageCodec.Bytes(volume) };
        data.Pieces.Add(new Piece { Chunk = MessageCodec.Bytes(chunk), Plain = (uint)length, Stored = (uint)length, Length = (uint)length });
        return new Message { Data = data };
    }

    public async ValueTask DisposeAsync()
    {
        await connection.CloseAsync(new CloseReason(CloseKind.Done, "enough"));
        await loop;
        await connection.DisposeAsync();
        await peer.DisposeAsync();
    }

    private async Task RunAsync()
    {
        while (await connection.ReceiveAsync(CancellationToken.None) is { } frame)
        {
            using (frame)
            {
                var message = MessageCodec.Decode(frame.Message);
                if (message.KindCase != Message.KindOneofCase.Want) continue;
                foreach (var chunk in MessageCodec.Ids(message.Want.Chunks, SyncLimits.WantChunks))
                {
                    Interlocked.Increment(ref wants);
                    if (answer(chunk) is { } said) await SendAsync(said, said.KindCase == Message.KindOneofCase.Data ? payload : []);
                }
            }
        }
    }

    private async Task SendAsync(Message message, byte[] bytes)
    {
        try
        {
            await connection.SendAsync(Priority.Control, message.ToByteArray(), bytes, CancellationToken.None);
        }
        catch (Model.Errors.PeerDriveException)
        {
            // The other side has had enough of it.
        }
    }
}
