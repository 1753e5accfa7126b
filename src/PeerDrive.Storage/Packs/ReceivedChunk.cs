using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Packs;

/// <summary>A chunk as a peer sends it, not checked yet, in memory that becomes its record. Owns its bytes.</summary>
/// <param name="stored">Bytes of the payload; the caller has checked it against its cap.</param>
/// <param name="plain">Bytes of the chunk itself, as the peer says.</param>
public sealed class ReceivedChunk(ChunkId id, ChunkEncoding encoding, int stored, int plain) : IDisposable
{
    public ChunkId Id { get; } = id;

    public ChunkEncoding Encoding { get; } = encoding;

    public int Plain { get; } = plain;

    /// <summary>To be filled by who receives it.</summary>
    public Span<byte> Payload => Record.Span[PackFormat.RecordBytes..];

    internal PooledBytes Record { get; } = new(PackFormat.RecordBytes + stored);

    public void Dispose() => Record.Dispose();
}
