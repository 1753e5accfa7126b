using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Fetching;

/// <summary>A connected peer that can be asked for a volume's chunks.</summary>
internal interface IChunkSource
{
    /// <summary>Asks for chunks; answers come to <see cref="VolumeFetcher"/>. Never blocks for long.</summary>
    /// <param name="isStreaming">Somebody reads them: they go before all that is fetched in bulk.</param>
    ValueTask WantAsync(IReadOnlyCollection<ChunkId> chunks, bool isStreaming);
}
