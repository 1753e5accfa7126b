namespace PeerDrive.Client.Contracts;

/// <summary>A query that is kept as a document.</summary>
/// <param name="Query">Its text; null: its content is not on this device.</param>
/// <param name="Problem">Why the text is no query; null: it is one, or is not here.</param>
public sealed record SavedQuery(string Volume, string VolumeId, string Path, string? Query, string? Problem);
