namespace PeerDrive.Storage.Volumes;

/// <summary>What became of changesets that came from outside.</summary>
/// <param name="Applied">How many were new and are stored now.</param>
/// <param name="Refusal">Why the rest was refused; null when nothing was.</param>
/// <param name="IsGap">The refusal is only for want of earlier changesets, not for anything wrong.</param>
public sealed record ApplyOutcome(int Applied, string? Refusal, bool IsGap);
