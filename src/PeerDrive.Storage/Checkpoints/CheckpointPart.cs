using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Checkpoints;

/// <summary>A part of a checkpoint as it is sent and kept.</summary>
/// <param name="Id">SHA-256 of the plain bytes.</param>
/// <param name="Encoding"><see cref="ChunkEncoding.Plain"/> or <see cref="ChunkEncoding.Zstd"/>.</param>
/// <param name="Plain">Bytes before compression.</param>
public sealed record CheckpointPart(ChunkId Id, ChunkEncoding Encoding, int Plain, ReadOnlyMemory<byte> Payload);
