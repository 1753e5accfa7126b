namespace PeerDrive.Folders.Watching;

/// <summary>A mark in the stream of events: all that happened before it was made has been taken when it is passed.</summary>
internal sealed class EventMark(byte[] name)
{
    public byte[] Name { get; } = name;

    public bool IsPassed { get; set; }
}
