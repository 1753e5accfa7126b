namespace PeerDrive.Fuse;

/// <summary>What lseek(2) looks for.</summary>
public enum FuseSeek : uint
{
    Data = 3,

    /// <summary>A hole; the end of the file counts as one.</summary>
    Hole = 4,
}
