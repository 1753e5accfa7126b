namespace PeerDrive.Transport.Framing;

/// <summary>Who a frame is for. The numbers are on the wire.</summary>
internal enum FrameType : byte
{
    /// <summary>The layer above: a message of at least one byte, and a payload.</summary>
    Application = 0,

    /// <summary>Nobody: it shows that the sender lives. No message, no payload, no answer.</summary>
    Ping = 1,

    /// <summary>The last frame of its sender; its message is an encoded <see cref="Connections.CloseReason"/>.</summary>
    Close = 2,
}
