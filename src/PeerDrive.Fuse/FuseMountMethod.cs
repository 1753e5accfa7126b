namespace PeerDrive.Fuse;

/// <summary>By whom the kernel is asked to mount.</summary>
public enum FuseMountMethod
{
    /// <summary>Direct as root, else by the helper.</summary>
    Automatic,

    /// <summary>By this process; needs CAP_SYS_ADMIN.</summary>
    Direct,

    /// <summary>By the set-user program fusermount3.</summary>
    Helper,
}
