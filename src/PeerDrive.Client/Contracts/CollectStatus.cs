namespace PeerDrive.Client.Contracts;

/// <summary>What a collection gave back, or would.</summary>
/// <param name="UnnamedBytes">Of chunks that nothing named: left behind by what was broken off.</param>
/// <param name="Bytes">Given back to the disk.</param>
/// <param name="Postponed">Why such chunks were left alone this time; null: they were not.</param>
/// <param name="Use">What the rest is needed for.</param>
public sealed record CollectStatus(bool DryRun, long UnnamedBytes, long Bytes, string? Postponed, DiskUseStatus Use);
