namespace PeerDrive.Client.Contracts;

/// <summary>Which contents of a volume this device is to have.</summary>
/// <param name="Policy"><c>full</c>, <c>metadata</c> or <c>cache:100MB</c>.</param>
/// <param name="ReadWaitSeconds">How long a read waits for content that nobody sends.</param>
/// <param name="AbsentContents">Contents that are not here, asked for or not.</param>
public sealed record ReplicaStatus(string Volume, string Policy, double ReadWaitSeconds, long StoredBytes, long AbsentContents, long AbsentBytes, IReadOnlyList<PinStatus> Pins);
