namespace PeerDrive.Client.Contracts;

/// <summary>Asks to undo what a device or a person did, or anybody in a span of time, and to keep what others did since.</summary>
/// <param name="Path">Only in this folder; / is all.</param>
/// <param name="Device">A name or the beginning of an id. Not with <paramref name="Person"/>; null with null: anybody, which takes both times.</param>
/// <param name="Until">Null: until now.</param>
public sealed record RewindRequest(string Path, string? Device, string? Person, DateTimeOffset? Since, DateTimeOffset? Until, bool IsDryRun = false);
