using PeerDrive.Model.Identifiers;

namespace PeerDrive.Storage.History;

/// <summary>What a rewind undoes.</summary>
/// <param name="Devices">Whose changes; null: anybody's.</param>
/// <param name="Since">Made then or later, by their makers' clocks, nanoseconds since 1970.</param>
/// <param name="Until">Made then or earlier.</param>
/// <param name="Below">Only in this folder; <see cref="EntryId.Root"/> is all.</param>
public sealed record RewindScope(IReadOnlySet<DeviceId>? Devices, long Since, long Until, EntryId Below);
