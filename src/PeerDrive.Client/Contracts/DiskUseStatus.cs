namespace PeerDrive.Client.Contracts;

/// <summary>What the bytes of a volume on this device's disk are needed for. A chunk counts once, with the first that needs it.</summary>
/// <param name="Current">What is shown, and every head of a conflict.</param>
/// <param name="History">Older versions of what has a name.</param>
/// <param name="Trash">Versions of what was deleted.</param>
/// <param name="Reclaimable">What nothing needs.</param>
public sealed record DiskUseStatus(long Current, long History, long Trash, long Reclaimable);
