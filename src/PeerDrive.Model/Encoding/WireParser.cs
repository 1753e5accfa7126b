using Google.Protobuf;
using PeerDrive.Model.Errors;

namespace PeerDrive.Model.Encoding;

/// <summary>Protobuf bytes from outside to messages, with one error for whatever is wrong with them.</summary>
internal static class WireParser
{
    public static T Parse<T>(MessageParser<T> parser, ReadOnlyMemory<byte> bytes, int limit)
        where T : IMessage<T>
    {
        if (bytes.Length > limit) throw new PeerDriveException(ErrorKind.Corrupt, $"A {typeof(T).Name} of {bytes.Length} bytes is over its limit of {limit}.");
        try
        {
            return parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new PeerDriveException(ErrorKind.Corrupt, $"A {typeof(T).Name} is malformed.", e);
        }
    }
}
