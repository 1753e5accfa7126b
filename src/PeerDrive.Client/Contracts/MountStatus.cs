namespace PeerDrive.Client.Contracts;

/// <summary>The mounted drive.</summary>
/// <param name="Directory">Null: it is not mounted.</param>
/// <param name="Pending">Changes that were not committed yet.</param>
/// <param name="Problem">Why it is not mounted, or cannot commit; null: all is well.</param>
public sealed record MountStatus(string? Directory, int Pending, string? Problem);
