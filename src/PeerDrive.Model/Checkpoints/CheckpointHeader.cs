using System.Collections.Immutable;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Model.Checkpoints;

/// <summary>What a device signs of a checkpoint: whose state it is, at which version vector, and the hashes of its parts.</summary>
/// <param name="Time">The device's clock, nanoseconds since 1970.</param>
/// <param name="Entries">Number of entries of all parts.</param>
/// <param name="Parts">SHA-256 of the parts, in order.</param>
public sealed record CheckpointHeader(VolumeId Volume, DeviceId Device, long Time, VersionVector Vector, int Entries, ImmutableArray<ChunkId> Parts)
{
    private static ReadOnlySpan<byte> Context => "peerdrive checkpoint 1\n"u8;

    /// <summary>Encodes and signs; the key is that of <see cref="Device"/>.</summary>
    public SignedCheckpoint Sign(DeviceKey key)
    {
        var encoded = CheckpointCodec.EncodeHeader(this);
        return new SignedCheckpoint(encoded, key.Sign([.. Context, .. encoded]));
    }

    /// <summary>Reads a header that somebody else made.</summary>
    /// <exception cref="PeerDriveException">Corrupt: malformed, of another volume or device, or the signature is not the device's.</exception>
    public static CheckpointHeader Verify(SignedCheckpoint signed, VolumeId volume, DeviceCertificate maker)
    {
        var header = CheckpointCodec.DecodeHeader(signed.Header);
        if (header.Volume != volume) throw Wrong("it is of another volume");
        if (header.Device != maker.Device) throw Wrong("it is another device's");
        if (signed.Signature.Length != DeviceKey.SignatureBytes || !maker.Key.Verify([.. Context, .. signed.Header.Span], signed.Signature.Span)) throw Wrong("its signature is forged");
        return header;
    }

    /// <summary>Whether both tell of one state: they may differ in who tells it when.</summary>
    public bool SameState(CheckpointHeader other) =>
        Volume == other.Volume && Vector.Equals(other.Vector) && Entries == other.Entries && Parts.SequenceEqual(other.Parts);

    private static PeerDriveException Wrong(string why) => new(ErrorKind.Corrupt, $"A checkpoint is wrong: {why}.");
}
