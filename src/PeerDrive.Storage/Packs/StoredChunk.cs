namespace PeerDrive.Storage.Packs;

/// <summary>A chunk as it is kept or sent: its payload may be compressed. Owns its bytes.</summary>
public sealed class StoredChunk(PooledBytes payload, ChunkEncoding encoding, int plain) : IDisposable
{
    public PooledBytes Payload { get; } = payload;

    /// <summary><see cref="ChunkEncoding.Plain"/> or <see cref="ChunkEncoding.Zstd"/>.</summary>
    public ChunkEncoding Encoding { get; } = encoding;

    /// <summary>Bytes of the chunk itself.</summary>
    public int Plain { get; } = plain;

    public void Dispose() => Payload.Dispose();
}
