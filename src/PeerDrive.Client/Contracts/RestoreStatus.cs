namespace PeerDrive.Client.Contracts;

/// <summary>What a restore did, or would do.</summary>
/// <param name="Revision">Of a file, its newest revision now; of a folder null.</param>
/// <param name="Undeleted">Entries that came back; <paramref name="Moved"/>, <paramref name="Revised"/> and <paramref name="Deleted"/> count likewise.</param>
public sealed record RestoreStatus(
    string Path, string? Revision, bool IsDryRun, int Undeleted, int Moved, int Revised, int Deleted, IReadOnlyList<RestoredEntry> Entries);
