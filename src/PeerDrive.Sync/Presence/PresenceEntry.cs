using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Presence;

/// <summary>A record as it is known here.</summary>
/// <param name="Heard">When there was a sign of life of the device, by this device's clock.</param>
/// <param name="Alive">The same as a timestamp; null when it says nothing about now: read from the disk, or the device was lost since.</param>
/// <param name="Via">Who brought the record: the device itself, or another member.</param>
internal sealed record PresenceEntry(PresenceRecord Record, DateTimeOffset Heard, long? Alive, DeviceId Via);
