using System.Buffers.Binary;
using System.Net;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;

namespace PeerDrive.Sync.Invitations;

/// <summary>
/// An invitation: volume, role, inviter and where to reach it, and a secret that works once. As text it is <c>pd1:</c> and the
/// following bytes in Base32, about 170 characters with two addresses.
/// <code>
/// volume (16)  inviter (32)  secret (16)  role u8  expires u32 (seconds since 2020, little-endian)
/// addresses: { 4 or 6 u8, address (4 or 16), port u16 little-endian }*  check (4: the beginning of SHA-256 over all before)
/// </code>
/// </summary>
public sealed record Ticket(VolumeId Volume, Role Role, DeviceId Inviter, IReadOnlyList<IPEndPoint> Addresses, DateTimeOffset Expires, ReadOnlyMemory<byte> Secret)
{
    public const string Prefix = "pd1:";
    public const int SecretBytes = 16;

    private const int FixedBytes = VolumeIdBytes + DeviceIdBytes + SecretBytes + 5, VolumeIdBytes = 16, DeviceIdBytes = 32, CheckBytes = 4;
    private const int MaxTextLength = 1000;

    // More make the QR code unreadable, and the first that answers is enough.
    private const int MaxAddresses = 4;

    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string ToText()
    {
        var bytes = new List<byte>();
        bytes.AddRange(Volume.ToBytes());
        bytes.AddRange(Inviter.ToBytes());
        bytes.AddRange(Secret.Span);
        bytes.Add((byte)Role);
        var expires = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(expires, (uint)(Expires - Epoch).TotalSeconds);
        bytes.AddRange(expires);
        foreach (var address in Addresses.Take(MaxAddresses))
        {
            var number = address.Address.IsIPv4MappedToIPv6 ? address.Address.MapToIPv4().GetAddressBytes() : address.Address.GetAddressBytes();
            bytes.Add(number.Length == 4 ? (byte)4 : (byte)6);
            bytes.AddRange(number);
            bytes.Add((byte)address.Port);
            bytes.Add((byte)(address.Port >> 8));
        }
        bytes.AddRange(Check(bytes.ToArray()));
        return Prefix + Base32.Encode(bytes.ToArray());
    }

    /// <exception cref="PeerDriveException">Invalid: not a ticket, or mistyped.</exception>
    public static Ticket Parse(string text) => TryParse(text, out var ticket)
        ? ticket
        : throw new PeerDriveException(ErrorKind.Invalid, "This is no ticket, or a part of it is missing. A ticket begins with pd1: and is copied whole.");

    public static bool TryParse(string text, out Ticket ticket)
    {
        ticket = null!;
        text = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        if (text.Length > MaxTextLength || !text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || !Base32.TryDecode(text.AsSpan(Prefix.Length), out var bytes)) return false;
        if (bytes.Length < FixedBytes + CheckBytes || !Check(bytes.AsSpan(0, bytes.Length - CheckBytes)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - CheckBytes))) return false;
        var role = (Role)bytes[64];
        if (role is < Role.Reader or > Role.Owner || !TryAddresses(bytes.AsSpan(FixedBytes, bytes.Length - FixedBytes - CheckBytes), out var addresses)) return false;
        ticket = new Ticket(
            VolumeId.Read(bytes), role, DeviceId.Read(bytes.AsSpan(16)), addresses,
            Epoch.AddSeconds(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(65))), bytes.AsMemory(48, SecretBytes));
        return true;
    }

    private static bool TryAddresses(ReadOnlySpan<byte> bytes, out List<IPEndPoint> addresses)
    {
        addresses = [];
        while (!bytes.IsEmpty)
        {
            var length = bytes[0] switch { 4 => 4, 6 => 16, _ => 0 };
            if (length == 0 || bytes.Length < 1 + length + 2) return false;
            addresses.Add(new IPEndPoint(new IPAddress(bytes.Slice(1, length)), BinaryPrimitives.ReadUInt16LittleEndian(bytes[(1 + length)..])));
            bytes = bytes[(1 + length + 2)..];
        }
        return true;
    }

    private static byte[] Check(ReadOnlySpan<byte> bytes) => System.Security.Cryptography.SHA256.HashData(bytes)[..CheckBytes];
}
