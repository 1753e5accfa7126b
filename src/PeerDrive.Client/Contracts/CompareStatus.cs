namespace PeerDrive.Client.Contracts;

/// <summary>What differs in a folder between two times.</summary>
public sealed record CompareStatus(string Path, IReadOnlyList<ComparedEntry> Entries);
