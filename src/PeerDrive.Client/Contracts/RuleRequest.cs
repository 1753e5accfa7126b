namespace PeerDrive.Client.Contracts;

/// <summary>Keeps a folder of one volume in step with a folder of another.</summary>
/// <param name="Direction">one-way, two-way or mirror.</param>
/// <param name="Strategy">fast-forward, latest or merge: what is done with a document that changed on both sides.</param>
/// <param name="IsPaused">Made without running by itself: it runs when it is told to.</param>
public sealed record RuleRequest(string SourceVolume, string SourcePath, string TargetVolume, string TargetPath, string Direction, string Strategy, bool IsPaused)
{
    /// <summary>Patterns of paths below the folder, as in an ignore file: what matches none of them, and lies in no folder that does, is left out. Null or none: nothing is by these.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Patterns of what is left out, a folder with all that is in it.</summary>
    public IReadOnlyList<string>? Except { get; init; }
}
