using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Sync.Tests.Fetching;

internal static class Received
{
    /// <summary>A chunk of a store as a peer that has it sends it.</summary>
    public static ReceivedChunk Of(ChunkStore store, ChunkId id)
    {
        using var plain = store.Read(id);
        var chunk = new ReceivedChunk(id, ChunkEncoding.Plain, plain.Length, plain.Length);
        plain.Span.CopyTo(chunk.Payload);
        return chunk;
    }
}
