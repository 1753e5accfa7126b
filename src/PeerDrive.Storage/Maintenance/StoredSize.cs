using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Maintenance;

/// <summary>What a replica takes on disk.</summary>
public static class StoredSize
{
    /// <summary>Distinct chunks in packs and raw files, and the bytes of their payloads as kept.</summary>
    public static (long Chunks, long Bytes) Of(Volume volume) => volume.Contents.Chunks.Totals();
}
