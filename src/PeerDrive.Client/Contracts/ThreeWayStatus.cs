namespace PeerDrive.Client.Contracts;

/// <summary>A conflict with what its sides have in common.</summary>
/// <param name="Base">The last revision that all heads come from; null: there is none, or several.</param>
/// <param name="Heads">The shown one first.</param>
/// <param name="Text">Of two texts, both sides merged, and where they overlap all three between markers; else null.</param>
public sealed record ThreeWayStatus(string Path, string Document, RevisionStatus? Base, IReadOnlyList<RevisionStatus> Heads, string? Text);
