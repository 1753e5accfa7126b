using PeerDrive.Native.Files;

namespace PeerDrive.Fuse.Examples.Memory;

/// <summary>A file, directory, or whatever else has a mode.</summary>
internal sealed class MemoryNode(ulong id, uint mode, FuseTime now)
{
    private const uint TypeMask = 0xF000, SetUser = 0x800, SetGroup = 0x400, GroupExecute = 8;

    public ulong Id => id;

    public uint Mode { get; private set; } = mode;

    public uint Uid { get; set; }

    public uint Gid { get; set; }

    public uint DeviceNumber { get; init; }

    public uint Links { get; set; } = 1;

    public ulong Lookups { get; set; }

    public FuseTime Atime { get; set; } = now;

    public FuseTime Mtime { get; set; } = now;

    public FuseTime Ctime { get; set; } = now;

    public MemoryContent Content { get; } = new();

    /// <summary>Of a symbolic link.</summary>
    public byte[] Target { get; init; } = [];

    /// <summary>By name in Latin-1, which keeps every byte.</summary>
    public Dictionary<string, MemoryLine> Lines { get; } = [];

    /// <summary>Of a directory.</summary>
    public MemoryNode? Parent { get; set; }

    public Dictionary<string, byte[]> Xattrs { get; } = [];

    public FileKind Kind => (FileKind)(Mode & TypeMask);

    public bool IsDirectory => Kind == FileKind.Folder;

    public bool IsSetGroupDirectory => IsDirectory && (Mode & SetGroup) != 0;

    public void SetPermissions(uint permissions) => Mode = (Mode & TypeMask) | (permissions & 0xFFF);

    /// <summary>Set-group without execution by the group once meant locking, and is kept.</summary>
    /// <returns>Whether there were any.</returns>
    public bool ClearPrivileges()
    {
        if (IsDirectory) return false;
        var before = Mode;
        Mode &= ~SetUser;
        if ((Mode & GroupExecute) != 0) Mode &= ~SetGroup;
        return Mode != before;
    }

    public void Changed(FuseTime now, bool content = false)
    {
        Ctime = now;
        if (content) Mtime = now;
    }

    public FuseAttributes Attributes() => new()
    {
        Inode = Id,
        Mode = Mode,
        Links = Links,
        Uid = Uid,
        Gid = Gid,
        DeviceNumber = DeviceNumber,
        Size = Kind switch { FileKind.Regular => Content.Length, FileKind.SymbolicLink => Target.Length, FileKind.Folder => 4096, _ => 0 },
        Blocks = Content.Sectors,
        Atime = Atime,
        Mtime = Mtime,
        Ctime = Ctime,
    };
}
