using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Packs;

namespace PeerDrive.Storage.Lending;

/// <summary>
/// A file of a linked folder in which chunks lie, held by a hard link of our own: the bytes stay when the file is renamed, replaced
/// or deleted, but not when a program writes into it.
/// </summary>
/// <param name="Lender">Names the linked folder on this device.</param>
/// <param name="Mtime">When the chunks were cut; with another time or size the file is not believed.</param>
/// <param name="Path">Of the hard link.</param>
public sealed record LentFile(PackId Pack, Bits128 Lender, ulong Inode, long Size, long Mtime, string Path)
{
    /// <summary>Whether nothing can have been written into the file since its chunks were cut.</summary>
    public bool IsUnchanged(FileStamp now) => now.Inode == Inode && now.Size == Size && now.Mtime == Mtime;
}
