namespace PeerDrive.Model.Merging;

/// <summary>A place where both sides changed the text differently: byte ranges in the base and in both sides.</summary>
public readonly record struct Diff3Hunk(Range Base, Range Left, Range Right);
