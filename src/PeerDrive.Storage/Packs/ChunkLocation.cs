namespace PeerDrive.Storage.Packs;

/// <summary>Where a chunk's payload is.</summary>
/// <param name="Offset">Bytes from the file's start to the record's header; for <see cref="ChunkEncoding.Raw"/> to the payload.</param>
/// <param name="Stored">Bytes of the payload as kept.</param>
/// <param name="Plain">Bytes of the chunk itself.</param>
/// <param name="Crc">CRC32C of the record without this field; for <see cref="ChunkEncoding.Raw"/> of the payload.</param>
public readonly record struct ChunkLocation(PackId Pack, long Offset, int Stored, int Plain, ChunkEncoding Encoding, uint Crc);
