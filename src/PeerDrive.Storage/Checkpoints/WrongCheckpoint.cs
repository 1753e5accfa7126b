using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.Checkpoints;

/// <summary>A checkpoint that was found to be wrong.</summary>
/// <param name="Name">What the device that signed it calls itself.</param>
/// <param name="Why">A sentence.</param>
public sealed record WrongCheckpoint(DeviceId Device, string Name, string Why);
