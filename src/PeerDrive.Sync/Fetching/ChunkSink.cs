using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Sync.Fetching;

/// <summary>Takes a whole chunk; the payload is valid during the call.</summary>
internal delegate void ChunkSink(ChunkId chunk, ReadOnlySpan<byte> payload, ChunkEncoding encoding, int plain);
