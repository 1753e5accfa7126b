namespace PeerDrive.Fuse;

/// <summary>What SETATTR changes; null stays as it is.</summary>
public readonly record struct FuseAttributeChanges
{
    /// <summary>Permission bits, possibly with the type.</summary>
    public uint? Mode { get; init; }

    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    /// <summary>The file is cut or grows with zeros.</summary>
    public long? Size { get; init; }

    public FuseTime? Atime { get; init; }

    public FuseTime? Mtime { get; init; }

    public FuseTime? Ctime { get; init; }

    /// <summary>The access time is that of the call and not chosen by the caller.</summary>
    public bool AtimeIsNow { get; init; }

    /// <summary>The modification time is that of the call and not chosen by the caller.</summary>
    public bool MtimeIsNow { get; init; }

    /// <summary>The open file through which it came (ftruncate).</summary>
    public ulong? Handle { get; init; }
}
