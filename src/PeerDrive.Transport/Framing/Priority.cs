namespace PeerDrive.Transport.Framing;

/// <summary>What goes first when frames wait. The numbers are on the wire.</summary>
public enum Priority
{
    /// <summary>Content that a program is waiting to read.</summary>
    Streaming = 0,

    /// <summary>Changesets and all messages of control.</summary>
    Control = 1,

    /// <summary>Content fetched ahead of need.</summary>
    Bulk = 2,
}
