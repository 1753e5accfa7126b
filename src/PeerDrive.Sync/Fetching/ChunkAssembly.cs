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
    private PooledBytes? buffer;
    private ChunkId chunk;
    private int have;

    /// <summary>Takes a data message apart.</summary>
    /// <param name="onChunk">Told every whole chunk: id, payload, encoding, plain length.</param>
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
                onChunk(id, part, (ChunkEncoding)piece.Encoding, (int)piece.Plain);
                continue;
            }
            if (piece.Offset == 0) Begin(id, (int)piece.Stored);
            if (buffer is null || id != chunk || piece.Offset != have || piece.Stored != buffer.Length) throw Broken();
            part.CopyTo(buffer.Span[have..]);
            have += part.Length;
            if (have < buffer.Length) continue;
            onChunk(id, buffer.Span, (ChunkEncoding)piece.Encoding, (int)piece.Plain);
            Dispose();
        }
        if (at != payload.Length) throw Broken();
    }

    public void Dispose()
    {
        buffer?.Dispose();
        buffer = null;
    }

    private static PeerDriveException Broken() => new(ErrorKind.Protocol, "A peer sent data whose lengths do not fit.");

    private void Begin(ChunkId id, int stored)
    {
        Dispose();
        buffer = new PooledBytes(stored);
        chunk = id;
        have = 0;
    }
}
