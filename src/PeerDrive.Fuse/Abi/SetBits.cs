namespace PeerDrive.Fuse.Abi;

/// <summary>Which fields of a SETATTR are meant (FATTR bits).</summary>
[Flags]
internal enum SetBits : uint
{
    Mode = 1 << 0,
    Uid = 1 << 1,
    Gid = 1 << 2,
    Size = 1 << 3,
    Atime = 1 << 4,
    Mtime = 1 << 5,
    Handle = 1 << 6,
    AtimeNow = 1 << 7,
    MtimeNow = 1 << 8,
    Ctime = 1 << 10,
    ClearPrivileges = 1 << 11,
}
