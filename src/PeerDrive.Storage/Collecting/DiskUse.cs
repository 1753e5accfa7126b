namespace PeerDrive.Storage.Collecting;

/// <summary>What a replica's packs and raw files hold, in bytes on disk. A chunk counts once, with the first that needs it.</summary>
/// <param name="Current">What is shown, and every head of a conflict.</param>
/// <param name="History">Older versions of what has a name.</param>
/// <param name="Trash">Versions of what has no name any more.</param>
/// <param name="Reclaimable">What nothing needs; 'collect' gives most of it back.</param>
public sealed record DiskUse(long Current, long History, long Trash, long Reclaimable)
{
    public long Total => Current + History + Trash + Reclaimable;
}
