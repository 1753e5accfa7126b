namespace PeerDrive.Client.Contracts;

/// <summary>A rule between two volumes, and how it does.</summary>
/// <param name="Only">Patterns of what it is for; none: for all. So what it is not for: <paramref name="Except"/>.</param>
/// <param name="State">waiting, running, in-step, problems, failed or paused.</param>
/// <param name="Failure">Why nothing is done at all now; it is tried again by itself.</param>
/// <param name="LastRun">When it last brought both into step; null: not since the node started.</param>
/// <param name="Changed">Changes that it made since the node started, on both sides.</param>
/// <param name="Problems">Documents with which it did not do what it is for.</param>
/// <param name="Skipped">Paths of documents that it leaves out, in the source where it has them.</param>
public sealed record RuleStatus(
    string Rule, string SourceVolume, string SourcePath, string TargetVolume, string TargetPath, string Direction, string Strategy, IReadOnlyList<string> Only, IReadOnlyList<string> Except, string State, string? Failure,
    DateTimeOffset? LastRun, long Changed, IReadOnlyList<RuleProblemStatus> Problems, IReadOnlyList<string> Skipped)
{
    /// <summary>Whether it is for one file, wherever that is in both; else for folders.</summary>
    public bool IsFile { get; init; }
}
