namespace PeerDrive.Storage.Collecting;

/// <summary>What a collection did, or would do.</summary>
/// <param name="UnnamedBytes">Of chunks that nothing named.</param>
/// <param name="Bytes">That were given back to the disk, or would be.</param>
/// <param name="Postponed">Why chunks that nothing names were left alone, a sentence; null: they were not.</param>
public sealed record CollectResult(long UnnamedBytes, long Bytes, string? Postponed);
