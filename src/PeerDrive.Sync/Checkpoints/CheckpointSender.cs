using Google.Protobuf;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;

namespace PeerDrive.Sync.Checkpoints;

/// <summary>Sends a checkpoint to a peer that has nothing of the volume: its header, then its parts, with what follows on the connection behind them.</summary>
internal static class CheckpointSender
{
    public static async Task SendAsync(IPeerConnection connection, VolumeId volume, MadeCheckpoint checkpoint, CancellationToken cancellation)
    {
        var header = new Message
        {
            Checkpoint = new Checkpoint
            {
                Volume = MessageCodec.Bytes(volume),
                Header = UnsafeByteOperations.UnsafeWrap(checkpoint.Signed.Header),
                Signature = UnsafeByteOperations.UnsafeWrap(checkpoint.Signed.Signature),
            },
        };
        await connection.SendAsync(Priority.Control, header.ToByteArray(), ReadOnlyMemory<byte>.Empty, cancellation);
        foreach (var part in checkpoint.Parts)
        {
            for (var offset = 0; offset < part.Payload.Length;)
            {
                var length = Math.Min(TransportLimits.PayloadBytes, part.Payload.Length - offset);
                var data = new Data { Volume = MessageCodec.Bytes(volume) };
                data.Pieces.Add(new Piece
                {
                    Chunk = MessageCodec.Bytes(part.Id), Encoding = (uint)part.Encoding, Plain = (uint)part.Plain, Stored = (uint)part.Payload.Length, Offset = (uint)offset, Length = (uint)length,
                });
                await connection.SendAsync(Priority.Control, new Message { CheckpointData = data }.ToByteArray(), part.Payload.Slice(offset, length), cancellation);
                offset += length;
            }
        }
    }
}
