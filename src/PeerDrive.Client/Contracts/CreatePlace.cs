namespace PeerDrive.Client.Contracts;

/// <summary>Files a document in a further folder of its volume.</summary>
/// <param name="Path">The document.</param>
/// <param name="Folder">The folder, by its path or address.</param>
/// <param name="Name">What it is called there; null: as it is called already.</param>
public sealed record CreatePlace(string Path, string Folder, string? Name);
