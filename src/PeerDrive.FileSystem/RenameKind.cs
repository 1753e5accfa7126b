namespace PeerDrive.FileSystem;

/// <summary>What becomes of a name that a rename finds taken.</summary>
public enum RenameKind
{
    Replace,

    /// <summary>It stays, and the rename is refused.</summary>
    Keep,

    /// <summary>Both change places.</summary>
    Exchange,
}
