using System.Buffers.Binary;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Transport.Discovery;

/// <summary>
/// One datagram on the local network, 48 bytes, numbers little-endian. It is a hint and proves nothing: the connection that follows does.
/// <code>
/// 0   4   "PDAN"
/// 4   u8  version, 1
/// 5   u8  zero
/// 6   u16 TCP port at the sender's address
/// 8   32  DeviceId
/// 40  u64 instance: chosen at random by each start of the daemon
/// </code>
/// </summary>
internal readonly record struct Announcement(DeviceId Device, int Port, ulong Instance)
{
    public const int Size = 48;
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "PDAN"u8;

    public void WriteTo(Span<byte> destination)
    {
        Magic.CopyTo(destination);
        destination[4] = Version;
        destination[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], (ushort)Port);
        Device.WriteTo(destination[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], Instance);
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out Announcement announcement)
    {
        announcement = default;
        if (source.Length != Size || !source.StartsWith(Magic) || source[4] != Version || source[5] != 0) return false;
        var port = BinaryPrimitives.ReadUInt16LittleEndian(source[6..]);
        if (port == 0) return false;
        announcement = new Announcement(DeviceId.Read(source[8..]), port, BinaryPrimitives.ReadUInt64LittleEndian(source[40..]));
        return true;
    }
}
