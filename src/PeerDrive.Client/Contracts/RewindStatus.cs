namespace PeerDrive.Client.Contracts;

/// <summary>What a rewind did, or would do.</summary>
/// <param name="Kept">What stays because somebody else built on it; the counts before are as of a restore.</param>
public sealed record RewindStatus(string Path, bool IsDryRun, int Undeleted, int Moved, int Revised, int Deleted, int Kept, IReadOnlyList<RewoundEntry> Entries);
