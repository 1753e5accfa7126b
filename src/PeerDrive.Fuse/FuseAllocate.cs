namespace PeerDrive.Fuse;

/// <summary>Mode bits of fallocate(2); without any, room is made and the file grows.</summary>
[Flags]
public enum FuseAllocate : uint
{
    None = 0,
    KeepSize = 1,

    /// <summary>Always together with <see cref="KeepSize"/>.</summary>
    PunchHole = 2,
    CollapseRange = 8,
    ZeroRange = 16,
    InsertRange = 32,
}
