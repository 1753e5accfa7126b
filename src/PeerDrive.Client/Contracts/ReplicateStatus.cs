namespace PeerDrive.Client.Contracts;

/// <summary>What was replicated.</summary>
/// <param name="Path">Where it is in the other volume.</param>
/// <param name="Files">Files that are in both now.</param>
/// <param name="Problems">Documents that could not be brought.</param>
public sealed record ReplicateStatus(string Volume, string Path, long Files, long Folders, IReadOnlyList<RuleProblemStatus> Problems)
{
    /// <summary>The rule that keeps both in step, if that was asked for.</summary>
    public RuleStatus? Rule { get; init; }
}
