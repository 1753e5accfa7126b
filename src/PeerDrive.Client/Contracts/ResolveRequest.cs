namespace PeerDrive.Client.Contracts;

/// <summary>Asks to end a conflict by choosing a head.</summary>
public sealed record ResolveRequest(string Path, string Revision);
