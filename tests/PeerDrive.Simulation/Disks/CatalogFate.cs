namespace PeerDrive.Simulation.Disks;

/// <summary>What a power cut does to a database that is not synced at each commit.</summary>
internal enum CatalogFate
{
    Kept,
    Deleted,
    Earlier,
}
