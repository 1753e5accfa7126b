namespace PeerDrive.Fuse;

/// <summary>What a file system takes over from the kernel.</summary>
[Flags]
public enum FuseFeatures
{
    None = 0,

    /// <summary>
    /// Every change that did not come through the mount is told by the notifier, so the kernel keeps what it cached until then.
    /// Without it, it drops a file's cache whenever size or modification time look different.
    /// </summary>
    TellsChanges = 1,

    /// <summary>
    /// Clears set-user and set-group bits (and security.capability) itself when <see cref="FuseContext.ClearPrivileges"/> says so,
    /// and always at a change of owner. Where it did, it says so by <see cref="FuseConnection.ForgetAttributes"/>: the kernel goes on
    /// with the mode it knows. This saves a GETXATTR for each write.
    /// </summary>
    ClearsPrivileges = 2,

    /// <summary>Wants to hand open files to the kernel. Works only for a process with CAP_SYS_ADMIN; see <see cref="FuseConnection.HasPassthrough"/>.</summary>
    Passthrough = 4,

    /// <summary>Applies the umask of the context itself. Without it, modes arrive masked.</summary>
    AppliesUmask = 8,
}
