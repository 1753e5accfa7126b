using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Packs;

/// <summary>What a scan of a pack found.</summary>
/// <param name="Length">Bytes of the file.</param>
/// <param name="End">Where the last good record ends; of a sealed pack its length.</param>
/// <param name="Damaged">Offsets of damaged records that good ones follow.</param>
internal sealed record PackContents(
    IReadOnlyList<KeyValuePair<ChunkId, ChunkLocation>> Chunks, long Length, long End, bool IsSealed, IReadOnlyList<long> Damaged);
