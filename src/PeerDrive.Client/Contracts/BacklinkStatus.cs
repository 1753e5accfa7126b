namespace PeerDrive.Client.Contracts;

/// <summary>A place of a link.</summary>
/// <param name="Volume">The name of the volume that it is in.</param>
/// <param name="Address">The link's own.</param>
/// <param name="Pinned">The version that it is pinned to; null: it follows the document.</param>
public sealed record BacklinkStatus(string Volume, string VolumeId, string Path, string Address, string? Pinned);
