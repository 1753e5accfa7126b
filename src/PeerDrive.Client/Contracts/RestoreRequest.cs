namespace PeerDrive.Client.Contracts;

/// <summary>Names either a revision or a time. A revision stands for the file's state, or in a folder for the moment at which it was made.</summary>
/// <param name="IsDryRun">Only says what would be done.</param>
public sealed record RestoreRequest(string Path, string? Revision, DateTimeOffset? At, bool IsDryRun = false);
