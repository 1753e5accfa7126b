namespace PeerDrive.Client.Contracts;

/// <summary>Asks to put what was somewhere as new files elsewhere. Names either a revision or a time.</summary>
/// <param name="AsVolume">Where to; null: into the same volume.</param>
/// <param name="AsPath">A path where nothing is.</param>
public sealed record SaveRequest(string Path, string? Revision, DateTimeOffset? At, string? AsVolume, string AsPath);
