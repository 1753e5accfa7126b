using System.Buffers;
using PeerDrive.Model.Errors;

namespace PeerDrive.Transport.Framing;

/// <summary>
/// One frame: a message and the raw bytes that belong to it, in one rented buffer. It has one owner at any time, who disposes it
/// when done; after that its memory must not be touched. Not thread-safe.
/// </summary>
public sealed class Frame : IDisposable
{
    private readonly FrameHeader header;
    private byte[]? buffer;

    private Frame(in FrameHeader header)
    {
        this.header = header;
        buffer = ArrayPool<byte>.Shared.Rent(FrameHeader.Size + header.BodyLength);
        header.WriteTo(buffer);
    }

    /// <summary>The message as the layer above encoded it.</summary>
    public ReadOnlyMemory<byte> Message => Owned.AsMemory(FrameHeader.Size, header.MessageLength);

    /// <summary>The raw bytes after the message; may be empty.</summary>
    public ReadOnlyMemory<byte> Payload => Owned.AsMemory(FrameHeader.Size + header.MessageLength, header.PayloadLength);

    /// <summary>The priority that its sender gave it.</summary>
    public Priority Priority => header.Priority;

    internal FrameType Type => header.Type;

    /// <summary>Once cancelled, the frame need not be sent any more.</summary>
    internal CancellationToken Unwanted { get; set; }

    internal bool IsUnwanted => Unwanted.IsCancellationRequested;

    /// <summary>Header, message and payload as they go over the wire.</summary>
    internal ReadOnlyMemory<byte> Wire => Owned.AsMemory(0, FrameHeader.Size + header.BodyLength);

    /// <summary>Message and payload, to be filled by who receives the frame.</summary>
    internal Memory<byte> Body => Owned.AsMemory(FrameHeader.Size, header.BodyLength);

    /// <summary>What the frame counts for in a queue.</summary>
    internal int Weight => FrameHeader.Size + header.BodyLength + TransportLimits.FrameOverheadBytes;

    private byte[] Owned => buffer ?? throw new ObjectDisposedException(nameof(Frame));

    public void Dispose()
    {
        if (buffer is null) return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
    }

    /// <summary>A frame with room for the body that <paramref name="header"/> announces.</summary>
    internal static Frame Allocate(in FrameHeader header) => new(header);

    /// <summary>A frame with copies of a message and a payload.</summary>
    /// <exception cref="PeerDriveException">Invalid: empty message, or a length beyond its cap.</exception>
    internal static Frame Create(FrameType type, Priority priority, ReadOnlySpan<byte> message, ReadOnlySpan<byte> payload)
    {
        if (type == FrameType.Application && message.IsEmpty)
            throw new PeerDriveException(ErrorKind.Invalid, "A frame needs a message of at least one byte.");
        if (message.Length > TransportLimits.MessageBytes || payload.Length > TransportLimits.PayloadBytes)
            throw new PeerDriveException(ErrorKind.Invalid, $"A frame of {message.Length} + {payload.Length} bytes is more than a peer accepts; send it in parts.");
        var frame = new Frame(new FrameHeader(message.Length, payload.Length, type, priority));
        var body = frame.Body.Span;
        message.CopyTo(body);
        payload.CopyTo(body[message.Length..]);
        return frame;
    }
}
