namespace PeerDrive.Client.Contracts;

/// <summary>What was saved.</summary>
/// <param name="Path">Where it is now.</param>
public sealed record SaveStatus(string Volume, string Path, int Files, int Folders, long Bytes);
