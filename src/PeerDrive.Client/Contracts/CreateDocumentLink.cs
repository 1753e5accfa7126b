namespace PeerDrive.Client.Contracts;

/// <summary>Makes a link document.</summary>
/// <param name="Path">Where, and what it is called; a folder: there, called as its target.</param>
/// <param name="TargetVolume">Volume of the target, by name or id; null: the link's own.</param>
/// <param name="TargetPath">The target by its path or address; an address of a version pins the link to it.</param>
/// <param name="Revision">A version, by its id or the beginning of it, to which the link is pinned; null: it follows what the target shows.</param>
public sealed record CreateDocumentLink(string Path, string? TargetVolume, string TargetPath, string? Revision);
