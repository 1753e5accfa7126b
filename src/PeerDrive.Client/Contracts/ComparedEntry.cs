namespace PeerDrive.Client.Contracts;

/// <summary>An entry that differs.</summary>
/// <param name="Action">added, removed, changed, renamed, or both of these as "renamed, changed".</param>
/// <param name="From">Of what was renamed or moved, where it was.</param>
/// <param name="Before">Bytes before; 0 of what was not there.</param>
/// <param name="After">Bytes after.</param>
public sealed record ComparedEntry(string Action, string Path, string? From, string Kind, long Before, long After);
