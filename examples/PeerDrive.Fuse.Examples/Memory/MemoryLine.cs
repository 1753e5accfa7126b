namespace PeerDrive.Fuse.Examples.Memory;

/// <summary>A name in a directory. <paramref name="Place"/> grows, so that reading can go on where it stopped.</summary>
internal sealed record MemoryLine(byte[] Name, MemoryNode Node, long Place);
