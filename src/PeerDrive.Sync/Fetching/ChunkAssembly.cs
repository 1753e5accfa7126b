using PeerDrive.Model;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;

namespace PeerDrive.Sync.Fetching;

/// <summary>Puts the parts of one large chunk together, as they come in order from one peer. Holds at most one chunk.</summary>
internal sealed class ChunkAssembly : IDisposable
{
    private ReceivedChunk? chunk;
    private int have;

    /// <summary>Takes a data message apart.</summary>
    /// <param name="onChunk">Told every whole chunk.</param>
    /// <exception cref="PeerDriveException">Protocol: lengths do not fit.</exception>
    public void Add(Data data, ReadOnlySpan<byte> payload, ChunkSink onChunk)
    {
        var at = 0;
        foreach (var piece in data.Pieces)
        {
            if (piece.Length > payload.Length - at || piece.Stored is 0 or > ModelLimits.ChunkBytes || piece.Plain is 0 or > ModelLimits.ChunkBytes
                || piece.Offset > piece.Stored || piece.Length > piece.Stored - piece.Offset)
                throw Broken();
            var part = payload.Slice(at, (int)piece.Length);
            at += part.Length;
            var id = MessageCodec.Id<ChunkId>(piece.Chunk);
            if (part.Length == piece.Stored)
            {
                using var whole = new ReceivedChunk(id, (ChunkEncoding)piece.Encoding, part.Length, (int)piece.Plain);
                part.CopyTo(whole.Payload);
                onChunk(whole);
                continue;
            }
            if (piece.Offset == 0) Begin(id, piece);
            if (chunk is null || id != chunk.Id || piece.Offset != have || piece.Stored != chunk.Payload.Length) throw Broken();
            part.CopyTo(chunk.Payload[have..]);
            have += part.Length;
            if (have < chunk.Payload.Length) continue;
            onChunk(chunk);
            Dispose();
        }
        if (at != payload.Length) throw Broken();
    }

    public void Dispose()
    {
        chunk?.Dispose();
        chunk = null;
    }

    private static PeerDriveException Broken() => new(ErrorKind.Protocol, "A peer sent data whose lengths do not fit.");

    private void Begin(ChunkId id, Piece piece)
    {
        Dispose();
        chunk = new ReceivedChunk(id, (ChunkEncoding)piece.Encoding, (int)piece.Stored, (int)piece.Plain);
        have = 0;
    }
}
