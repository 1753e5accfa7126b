namespace PeerDrive.Client.Contracts;

/// <summary>An edit made where this device may not write, or cut off by a crash; <paramref name="Directory"/> is the linked folder or the mount that shows it.</summary>
public sealed record DraftStatus(string Path, string Directory, string Kind, long Size, DateTimeOffset Modified);
