using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Fetching;

/// <summary>A connected peer that can be asked for a volume's chunks.</summary>
internal interface IChunkSource
{
    /// <summary>Asks for chunks; answers come to <see cref="VolumeFetcher"/>. Never blocks for long.</summary>
    /// <param name="isStreaming">Somebody reads them: they go before all that is fetched in bulk.</param>
    ValueTask WantAsync(IReadOnlyCollection<ChunkId> chunks, bool isStreaming);

    /// <summary>What it was asked for in bulk, of this volume and all others.</summary>
    AskedChunks Asked { get; }

    /// <summary>Whether a limit keeps chunks from being asked for: then it is not the peer that is silent.</summary>
    bool IsHeldBack { get; }

    /// <summary>Takes back what was asked for and has not come.</summary>
    /// <param name="alsoStreaming">Also what readers wait for.</param>
    ValueTask UnwantAsync(bool alsoStreaming);
}
