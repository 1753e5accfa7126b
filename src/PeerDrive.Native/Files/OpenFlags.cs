namespace PeerDrive.Native.Files;

/// <summary>Flags of open(2) on Linux, x86-64 and arm64 where they agree.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,
    Truncate = 0x200,
    NonBlocking = 0x800,
    CloseOnExec = 0x80000,
    PathOnly = 0x200000,

    /// <summary>O_DIRECTORY (x86-64).</summary>
    Folder = 0x10000,

    /// <summary>O_NOFOLLOW (x86-64).</summary>
    NoFollow = 0x20000,
}
