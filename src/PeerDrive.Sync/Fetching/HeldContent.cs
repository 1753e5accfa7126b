using PeerDrive.Model.Revisions;

namespace PeerDrive.Sync.Fetching;

/// <summary>A content with the names of the devices that confirmed to have it.</summary>
public sealed record HeldContent(Content Content, IReadOnlyList<string> Devices);
