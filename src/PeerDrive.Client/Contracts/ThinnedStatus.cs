namespace PeerDrive.Client.Contracts;

/// <summary>What goes of one document.</summary>
/// <param name="Path">Where it is, or was.</param>
public sealed record ThinnedStatus(string Path, string Document, bool IsDeleted, int Versions, long Bytes);
