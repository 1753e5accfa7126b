namespace PeerDrive.Fuse;

/// <summary>How setxattr(2) treats a name that is there, or not.</summary>
public enum XattrMode : uint
{
    Set = 0,

    /// <summary>Exists when the name is taken.</summary>
    Create = 1,

    /// <summary>NoData when the name is not there.</summary>
    Replace = 2,
}
