using Google.Protobuf;
using PeerDrive.Model.Members;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Sync.Tests.Copies;

/// <summary>A member that is connected and says of every content the same; it goes away with its disposal.</summary>
internal sealed class LyingPeer : IAsyncDisposable
{
    private readonly HostilePeer peer;
    private readonly IPeerConnection connection;
    private readonly HaveAnswer answer;
    private readonly Task loop;
    private int asked;

    private LyingPeer(HostilePeer peer, IPeerConnection connection, HaveAnswer answer)
    {
        this.peer = peer;
        this.connection = connection;
        this.answer = answer;
        loop = RunAsync();
    }

    /// <summary>Contents that it was asked for.</summary>
    public int Asked => Volatile.Read(ref asked);

    public static async Task<LyingPeer> ConnectAsync(TestNode victim, Func<DeviceIdentity, IPeerNetwork> network, HaveAnswer answer)
    {
        var peer = await HostilePeer.CreateAsync(victim, Role.Writer, network);
        var lying = new LyingPeer(peer, await peer.ConnectAsync(), answer);
        await lying.SendAsync(peer.Hello());
        await lying.SendAsync(new Message { State = MessageCodec.State(peer.Volume.Id, peer.Volume.Vector, replyWanted: false) });
        return lying;
    }

    public async ValueTask DisposeAsync()
    {
        await connection.CloseAsync(new CloseReason(CloseKind.Done, "enough"));
        await loop;
        await peer.DisposeAsync();
    }

    private async Task RunAsync()
    {
        while (await connection.ReceiveAsync(CancellationToken.None) is { } frame)
        {
            using (frame)
            {
                if (MessageCodec.Decode(frame.Message) is not { KindCase: Message.KindOneofCase.HaveQuery, HaveQuery: var query }) continue;
                Interlocked.Add(ref asked, query.Contents.Count);
                var held = Enumerable.Repeat((byte)answer, query.Contents.Count).ToArray();
                await SendAsync(new Message { Have = new Have { Volume = query.Volume, Request = query.Request, Held = ByteString.CopyFrom(held) } });
            }
        }
    }

    private ValueTask SendAsync(Message message) => connection.SendAsync(Priority.Control, message.ToByteArray(), ReadOnlyMemory<byte>.Empty, CancellationToken.None);
}
