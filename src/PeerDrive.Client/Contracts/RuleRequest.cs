namespace PeerDrive.Client.Contracts;

/// <summary>Keeps a folder of one volume in step with a folder of another.</summary>
/// <param name="Direction">one-way, two-way or mirror.</param>
/// <param name="Strategy">fast-forward, latest or merge: what is done with a document that changed on both sides.</param>
/// <param name="IsPaused">Made without running by itself: it runs when it is told to.</param>
public sealed record RuleRequest(string SourceVolume, string SourcePath, string TargetVolume, string TargetPath, string Direction, string Strategy, bool IsPaused);
