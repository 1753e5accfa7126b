using PeerDrive.Model.Identifiers;

namespace PeerDrive.Model.Members;

/// <summary>How a volume begins, so that nobody else can begin the same one.</summary>
public static class Genesis
{
    public const int NonceBytes = 16;

    /// <summary>
    /// The id of the volume whose first changeset makes <paramref name="owner"/> its owner with <paramref name="nonce"/>:
    /// the first 16 bytes of SHA-256 over PersonId (32 bytes) and nonce (16 bytes).
    /// </summary>
    public static VolumeId VolumeOf(PersonId owner, ReadOnlySpan<byte> nonce)
    {
        Span<byte> bytes = stackalloc byte[PersonId.Size + NonceBytes];
        owner.WriteTo(bytes);
        nonce[..NonceBytes].CopyTo(bytes[PersonId.Size..]);
        return Id.Hash<VolumeId>(bytes);
    }
}
