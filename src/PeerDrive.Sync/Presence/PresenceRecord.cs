using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;

namespace PeerDrive.Sync.Presence;

/// <summary>What a device says of itself to the members of one volume, signed by it. Of one device the latest counts.</summary>
/// <param name="Body">As signed; kept and passed on, never encoded again.</param>
/// <param name="Time">Milliseconds since 1970 by the device's clock.</param>
/// <param name="Vector">Digest of its version vector, see <see cref="Digest"/>.</param>
/// <param name="Changesets">How many changesets it has.</param>
/// <param name="IsLeaving">It is about to stop.</param>
internal sealed record PresenceRecord(
    ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Signature, VolumeId Volume, DeviceId Device, long Time, ImmutableArray<EndPoint> Addresses,
    string Name, string Policy, ReadOnlyMemory<byte> Vector, ulong Changesets, bool IsLeaving)
{
    /// <summary>Volumes that the device offers to the members of this one.</summary>
    public ImmutableArray<VolumeId> Offers { get; init; } = [];

    public const int DigestBytes = 16;

    // What is signed with a device's key is signed for one purpose only.
    private static readonly byte[] Purpose = Encoding.ASCII.GetBytes("peerdrive presence 1\n");

    public static PresenceRecord Create(PresenceClaim claim, VersionVector vector, long time, DeviceKey key)
    {
        var body = new PresenceBody
        {
            Volume = MessageCodec.Bytes(claim.Volume),
            Device = MessageCodec.Bytes(key.Device),
            Time = (ulong)time,
            Name = Cut(key.Certificate.Name),
            Policy = claim.Policy,
            Vector = ByteString.CopyFrom(Digest(vector)),
            Changesets = CountOf(vector),
            Leaving = claim.IsLeaving,
        };
        body.Addresses.AddRange(claim.Addresses.Take(SyncLimits.PresenceAddresses));
        body.Offers.AddRange(claim.Offers.Take(SyncLimits.PresenceOffers).Select(offer => MessageCodec.Bytes(offer)));
        var bytes = body.ToByteArray();
        return Decode(bytes, key.Sign(Signed(bytes)));
    }

    /// <summary>Reads what came from outside; whether the device signed it is not looked at.</summary>
    /// <exception cref="PeerDriveException">Protocol: no honest device makes such a record.</exception>
    public static PresenceRecord Decode(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature)
    {
        if (bytes.Length > SyncLimits.PresenceBodyBytes || signature.Length != DeviceKey.SignatureBytes) throw Wrong("a presence record of an impossible length");
        var body = Parse(bytes);
        if (body.Addresses.Count > SyncLimits.PresenceAddresses) throw Wrong("a presence record with too many addresses");
        if (body.Offers.Count > SyncLimits.PresenceOffers) throw Wrong("a presence record with too many offers");
        if (body.Name.Length > SyncLimits.PresenceNameLength || body.Policy.Length > SyncLimits.PresenceNameLength) throw Wrong("a presence record with an impossible text");
        if (body.Vector.Length != DigestBytes || body.Time > long.MaxValue) throw Wrong("a presence record with an impossible number");
        var addresses = ImmutableArray.CreateBuilder<EndPoint>();
        foreach (var text in body.Addresses) addresses.Add(PeerAddress.TryParse(text, out var address) ? address : throw Wrong("a presence record with an address that is none"));
        return new PresenceRecord(
            bytes, signature, MessageCodec.Id<VolumeId>(body.Volume), MessageCodec.Id<DeviceId>(body.Device), (long)body.Time, addresses.DrainToImmutable(),
            Clean(body.Name), Clean(body.Policy), body.Vector.Memory, body.Changesets, body.Leaving)
        {
            Offers = [.. body.Offers.Select(offer => MessageCodec.Id<VolumeId>(offer))],
        };
    }

    public bool IsSignedBy(DeviceCertificate certificate) => certificate.Device == Device && certificate.Key.Verify(Signed(Body.Span), Signature.Span);

    /// <summary>The first 16 bytes of SHA-256 over all tips: author, u64 little-endian sequence, hash.</summary>
    public static byte[] Digest(VersionVector vector)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var number = new byte[sizeof(ulong)];
        foreach (var tip in vector.Tips)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, tip.Sequence);
            hash.AppendData(tip.Author.ToBytes());
            hash.AppendData(number);
            hash.AppendData(tip.Hash.ToBytes());
        }
        return hash.GetHashAndReset()[..DigestBytes];
    }

    public static ulong CountOf(VersionVector vector) => vector.Tips.Aggregate(0UL, (sum, tip) => sum + tip.Sequence);

    private static byte[] Signed(ReadOnlySpan<byte> body) => [.. Purpose, .. body];

    private static PresenceBody Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return PresenceBody.Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new PeerDriveException(ErrorKind.Protocol, "A peer sent a malformed presence record.", e);
        }
    }

    private static PeerDriveException Wrong(string what) => new(ErrorKind.Protocol, $"A peer sent {what}.");

    private static string Cut(string name) => name.Length <= SyncLimits.PresenceNameLength ? name : name[..SyncLimits.PresenceNameLength];

    // Shown in terminals: what steers one, or turns text around, is replaced.
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '?' : c));
}
