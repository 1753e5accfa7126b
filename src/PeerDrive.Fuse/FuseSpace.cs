namespace PeerDrive.Fuse;

/// <summary>What statfs(2) tells.</summary>
/// <param name="BlockSize">Unit of the block counts, in bytes.</param>
/// <param name="AvailableBlocks">Free ones for a process without privileges.</param>
/// <param name="NameBytes">Length of the longest name.</param>
public readonly record struct FuseSpace(uint BlockSize, ulong Blocks, ulong FreeBlocks, ulong AvailableBlocks, ulong Files, ulong FreeFiles, uint NameBytes = 255);
