namespace PeerDrive.Client.Contracts;

/// <summary>Says which contents of a volume are to be here; null leaves as it is.</summary>
public sealed record ReplicaRequest(string? Policy, double? ReadWaitSeconds);
