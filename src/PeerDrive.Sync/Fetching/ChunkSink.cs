using PeerDrive.Storage.Packs;

namespace PeerDrive.Sync.Fetching;

/// <summary>Takes a whole chunk, which is valid during the call.</summary>
internal delegate void ChunkSink(ReceivedChunk chunk);
