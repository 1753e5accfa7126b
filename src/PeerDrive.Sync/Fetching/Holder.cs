using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Fetching;

/// <summary>What one device said about contents that it was asked for.</summary>
/// <param name="Has">For each content whether the device has it whole; null: it did not answer in time.</param>
public sealed record Holder(DeviceId Device, string Name, IReadOnlyList<bool>? Has);
