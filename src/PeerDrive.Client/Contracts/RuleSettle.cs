namespace PeerDrive.Client.Contracts;

/// <summary>What a person says about one document of a rule.</summary>
/// <param name="Path">In the source, or in the target when only that has it.</param>
/// <param name="Take">source, target or merge settle it, once; skip leaves it out from now on, and unskip ends that.</param>
public sealed record RuleSettle(string Path, string Take);
