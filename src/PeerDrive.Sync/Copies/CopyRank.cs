using System.Buffers.Binary;
using System.Security.Cryptography;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Copies;

/// <summary>
/// In which order devices are asked to keep a content: by the hash of content and device. All who hold a content ask the same ones without agreeing on
/// it, contents spread evenly, and a device that comes or goes moves only its own share.
/// </summary>
internal static class CopyRank
{
    /// <summary>The first 8 bytes of SHA-256 over the content's root and the DeviceId; the lowest comes first.</summary>
    public static ulong Of(ChunkId root, DeviceId device)
    {
        Span<byte> both = stackalloc byte[ChunkId.Size + DeviceId.Size];
        root.WriteTo(both);
        device.WriteTo(both[ChunkId.Size..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(both, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
