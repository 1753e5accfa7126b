namespace PeerDrive.Native.Watching;

/// <summary>Event bits of inotify(7).</summary>
[Flags]
public enum WatchEvents : uint
{
    None = 0,
    Modify = 0x2,
    Attributes = 0x4,
    CloseWrite = 0x8,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Create = 0x100,
    Delete = 0x200,
    DeleteSelf = 0x400,
    MoveSelf = 0x800,
    Unmounted = 0x2000,

    /// <summary>Events were lost: everything has to be looked at.</summary>
    Overflow = 0x4000,
    Ignored = 0x8000,
    OnlyFolder = 0x1000000,
    IsFolder = 0x40000000,
}
