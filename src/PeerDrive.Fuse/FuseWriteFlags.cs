namespace PeerDrive.Fuse;

/// <summary>How bytes came to be written.</summary>
[Flags]
public enum FuseWriteFlags : uint
{
    None = 0,

    /// <summary>From a shared mapping, some time later: the handle is one of those open for writing, and the context is the kernel's.</summary>
    FromCache = 1,
}
