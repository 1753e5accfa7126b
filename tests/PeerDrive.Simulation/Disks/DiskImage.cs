namespace PeerDrive.Simulation.Disks;

/// <summary>A whole disk as it was at one moment.</summary>
internal sealed record DiskImage(IReadOnlyDictionary<string, SimulatedFile> Files, IReadOnlySet<string> Folders, string Databases);
