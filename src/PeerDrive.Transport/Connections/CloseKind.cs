namespace PeerDrive.Transport.Connections;

/// <summary>Why a connection ended. Numbers are stable and append-only: they cross the wire.</summary>
public enum CloseKind
{
    /// <summary>Nothing more to say.</summary>
    Done = 1,

    /// <summary>The daemon stops; dial again later.</summary>
    ShuttingDown = 2,

    /// <summary>The device is not known or not welcome.</summary>
    Refused = 3,

    /// <summary>The other side broke the protocol.</summary>
    Protocol = 4,

    /// <summary>The other side was silent, or too slow.</summary>
    Timeout = 5,

    /// <summary>Too many connections.</summary>
    Limit = 6,

    /// <summary>The pair of devices has another connection, which stays.</summary>
    Duplicate = 7,

    /// <summary>The network failed, or the other side went away without a word.</summary>
    Lost = 8,

    /// <summary>A fault of the program itself.</summary>
    Internal = 9,
}
