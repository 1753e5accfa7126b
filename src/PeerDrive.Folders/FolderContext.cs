namespace PeerDrive.Folders;

/// <summary>What a linked folder needs from the node it runs in.</summary>
/// <param name="Random">Used by one thread at a time.</param>
/// <param name="Scheduler">Runs all loops and all hashing.</param>
public sealed record FolderContext(TimeProvider Time, Random Random, TaskScheduler Scheduler);
