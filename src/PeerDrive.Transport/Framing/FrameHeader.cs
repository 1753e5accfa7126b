using System.Buffers.Binary;
using PeerDrive.Model.Errors;

namespace PeerDrive.Transport.Framing;

/// <summary>
/// The 12 bytes before each frame, numbers little-endian. The message follows, then the payload.
/// <code>
/// 0  u32  message length
/// 4  u32  payload length
/// 8  u8   type (<see cref="FrameType"/>)
/// 9  u8   priority (<see cref="Framing.Priority"/>)
/// 10 u16  zero
/// </code>
/// </summary>
internal readonly record struct FrameHeader(int MessageLength, int PayloadLength, FrameType Type, Priority Priority)
{
    public const int Size = 12;

    public int BodyLength => MessageLength + PayloadLength;

    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, MessageLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], PayloadLength);
        destination[8] = (byte)Type;
        destination[9] = (byte)Priority;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[10..], 0);
    }

    /// <summary>Reads and checks a header, so that what it announces may be allocated.</summary>
    /// <exception cref="PeerDriveException">Protocol: a length beyond its cap, or a value that has no meaning.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source, bool authorized)
    {
        var message = BinaryPrimitives.ReadUInt32LittleEndian(source);
        var payload = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        var type = source[8];
        var priority = source[9];
        if (BinaryPrimitives.ReadUInt16LittleEndian(source[10..]) != 0 || type > (byte)FrameType.Close || priority > (byte)Priority.Bulk)
            throw Broken("a frame header that has no meaning");
        Check(message, payload, (FrameType)type, authorized);
        return new FrameHeader((int)message, (int)payload, (FrameType)type, (Priority)priority);
    }

    private static void Check(uint message, uint payload, FrameType type, bool authorized)
    {
        if (message > TransportLimits.MessageBytes || payload > TransportLimits.PayloadBytes)
            throw Broken($"a frame of {message} + {payload} bytes, more than the caps allow");
        if (!authorized && message + payload > TransportLimits.UnauthorizedFrameBytes)
            throw Broken($"a frame of {message + payload} bytes before it was authorised");
        var fits = type switch
        {
            FrameType.Application => message > 0,
            FrameType.Ping => message + payload == 0,
            _ => payload == 0 && message is > 0 and <= TransportLimits.CloseTextBytes + 1,
        };
        if (!fits) throw Broken("a frame whose lengths do not fit its type");
    }

    private static PeerDriveException Broken(string what) => new(ErrorKind.Protocol, $"The peer sent {what}; the connection was closed.");
}
