namespace PeerDrive.Client.Contracts;

/// <summary>Asks to import a directory once.</summary>
public sealed record ImportRequest(string Volume, string Folder, string Directory);
