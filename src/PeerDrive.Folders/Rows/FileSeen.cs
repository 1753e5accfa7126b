using PeerDrive.Native.Files;

namespace PeerDrive.Folders.Rows;

/// <summary>
/// What a file's status was when it was last equal to a revision. Only a difference from this is a local change, whatever
/// the revision says that the directory could not hold.
/// </summary>
/// <param name="Mode">Type and permission bits.</param>
/// <param name="Ctime">0: see <see cref="IsUnsure"/>.</param>
/// <param name="Xattrs">Hash of the user's extended attributes; 0 when there are none.</param>
internal readonly record struct FileSeen(
    ulong Inode, long Btime, long Size, long Mtime, long Ctime, uint Mode, uint Links, uint Uid, uint Gid, long Xattrs)
{
    public static FileSeen Of(in FileStat stat, long xattrs) => new(
        stat.Inode, stat.Btime, stat.Size, stat.Mtime, stat.Ctime, stat.Mode, stat.Links, stat.Uid, stat.Gid, xattrs);

    public FileKind Kind => (FileKind)(Mode & 0xF000);

    public bool IsFolder => Kind == FileKind.Folder;

    /// <summary>Whether only its bytes can tell if a program wrote to it.</summary>
    public bool IsUnsure => Ctime == 0;

    /// <summary>Whether nothing can have happened to the file. A folder's own times say nothing about itself.</summary>
    public bool Matches(in FileStat stat) =>
        Inode == stat.Inode && Mode == stat.Mode && Uid == stat.Uid && Gid == stat.Gid && Ctime == stat.Ctime
        && (IsFolder || (Size == stat.Size && Mtime == stat.Mtime));

    /// <summary>Whether it is the same file with the same bytes; a rename in between does not matter.</summary>
    public bool HasSameBytes(in FileStat stat) => Inode == stat.Inode && Kind == stat.Kind && (IsFolder || (Size == stat.Size && Mtime == stat.Mtime));

    /// <summary>The same with equal rights.</summary>
    public bool HasSameBytesAndRights(in FileStat stat) => HasSameBytes(stat) && Mode == stat.Mode && Uid == stat.Uid && Gid == stat.Gid;

    /// <summary>Whether it is the same file, of whatever content. Inode numbers are used again; birth times tell.</summary>
    public bool IsSameFile(in FileStat stat) => Inode == stat.Inode && Kind == stat.Kind && (Btime == stat.Btime || Btime == 0 || stat.Btime == 0);

    /// <summary>After a rename of ours, which changes nothing but the change time.</summary>
    public FileSeen AfterRename(in FileStat stat) => HasSameBytes(stat) && !IsUnsure ? this with { Ctime = stat.Ctime } : this;

    /// <summary>After we gave the file other attributes. What a program wrote to it meanwhile stays a difference.</summary>
    /// <param name="isTimed">Its time was set too, over the one that a write would have left.</param>
    public FileSeen AfterAttributes(in FileStat stat, long xattrs, bool isTimed) =>
        Of(stat, xattrs) with { Size = Size, Mtime = isTimed ? stat.Mtime : Mtime, Ctime = isTimed ? 0 : stat.Ctime };
}
