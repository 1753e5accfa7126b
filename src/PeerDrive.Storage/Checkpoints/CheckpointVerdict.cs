namespace PeerDrive.Storage.Checkpoints;

/// <summary>What came of comparing a checkpoint with its history.</summary>
/// <param name="Why">Null: it is right. Otherwise a sentence that says what is wrong.</param>
public sealed record CheckpointVerdict(KeptCheckpoint Checkpoint, string? Why);
