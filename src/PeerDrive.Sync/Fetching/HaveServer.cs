using System.Threading.Channels;
using Google.Protobuf;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;
using ByteString = Google.Protobuf.ByteString;

namespace PeerDrive.Sync.Fetching;

/// <summary>
/// Tells one peer which contents this replica has, one question after the other: they may rely on the answer when they drop theirs. What it asks to be
/// kept is taken in, as far as there is room.
/// </summary>
/// <param name="take">Takes contents of a volume in; tells of each whether it does.</param>
/// <param name="dropped">The peer has dropped contents of a volume.</param>
internal sealed class HaveServer(
    IPeerConnection connection, Func<Volume, IReadOnlyList<Content>, IReadOnlyList<bool>> take, Action<Volume, IReadOnlyList<Content>> dropped) : IAsyncDisposable
{
    private readonly Channel<(Volume? Volume, HaveQuery Query, Content[] Contents)> asked = Channel.CreateBounded<(Volume?, HaveQuery, Content[])>(
        new BoundedChannelOptions(SyncLimits.HaveQueries) { SingleReader = true });

    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    public void Start() => loop = RunAsync();

    /// <param name="volume">Null: the peer may not see it, so nothing of it is here.</param>
    /// <exception cref="PeerDriveException">Protocol or LimitExceeded: no honest peer asks so much at once.</exception>
    public void Enqueue(Volume? volume, HaveQuery query)
    {
        if (query.Contents.Count > SyncLimits.HaveContents) throw new PeerDriveException(ErrorKind.Protocol, "A peer asks for too many contents in one question.");
        var contents = query.Contents.Select(content => new Content(content.Size, content.Depth, MessageCodec.Id<ChunkId>(content.Root), 0)).ToArray();
        if (!asked.Writer.TryWrite((volume, query, contents))) throw new PeerDriveException(ErrorKind.LimitExceeded, "A peer asks too many questions at once.");
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
            while (true)
            {
                var (volume, query, contents) = await asked.Reader.ReadAsync(stop.Token);
                var held = new byte[contents.Length];
                if (volume is not null) Look(volume, contents, held, (HaveWish)query.Wish);
                var answer = new Have { Volume = query.Volume, Request = query.Request, Held = UnsafeByteOperations.UnsafeWrap(held) };
                await connection.SendAsync(Priority.Control, new Message { Have = answer }.ToByteArray(), ReadOnlyMemory<byte>.Empty, stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The end, asked for by DisposeAsync.
        }
        catch (PeerDriveException e)
        {
            // Mostly the connection is gone, and its session ends by itself; otherwise nothing more can be answered on it.
            await connection.CloseAsync(new CloseReason(CloseKind.Internal, e.Message));
        }
    }

    private void Look(Volume volume, Content[] contents, byte[] held, HaveWish wish)
    {
        if (wish == HaveWish.Dropped) dropped(volume, contents);
        for (var i = 0; i < held.Length; i++)
        {
            if (contents[i].Depth <= SyncLimits.DeepestContent && volume.Replica.VouchesFor(contents[i], volume.Contents)) held[i] = (byte)HaveAnswer.Has;
        }
        // What is told must outlive a crash. After the look, which also finds what came just before it.
        volume.Contents.Chunks.FlushIndex();
        if (wish != HaveWish.Keep) return;
        var takes = take(volume, contents);
        for (var i = 0; i < held.Length; i++)
        {
            if (held[i] == 0 && takes[i]) held[i] = (byte)HaveAnswer.Takes;
        }
    }
}
