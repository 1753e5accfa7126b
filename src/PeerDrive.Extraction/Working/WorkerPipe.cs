using System.Buffers.Binary;
using System.Text.Json;

namespace PeerDrive.Extraction.Working;

/// <summary>
/// What a node and its worker say to each other over the worker's standard input and output; numbers are little-endian.
/// Worker: H (ready) · R offset:8 length:4 (bytes wanted) · D length:4 JSON (done). Node: F size:8 (a file) · length:4 bytes (those wanted; -1: there are none).
/// </summary>
public static class WorkerPipe
{
    public const byte Ready = (byte)'H', Want = (byte)'R', Done = (byte)'D', File = (byte)'F';

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static byte[] Wanted(long offset, int length)
    {
        var message = new byte[13];
        message[0] = Want;
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(1), offset);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(9), length);
        return message;
    }

    public static byte[] FileOf(long size)
    {
        var message = new byte[9];
        message[0] = File;
        BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(1), size);
        return message;
    }

    public static byte[] Answer(Found found)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(found, Json);
        var message = new byte[5 + json.Length];
        message[0] = Done;
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(1), json.Length);
        json.CopyTo(message, 5);
        return message;
    }

    /// <summary>Null: it is no answer.</summary>
    public static Found? ParseAnswer(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<Found>(json, Json) is { Format: not null, Fields: not null, Text: not null } found ? found : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
