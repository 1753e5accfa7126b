using PeerDrive.Storage.Search;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Node.Volumes;

/// <summary>An open volume with what acts on it by itself.</summary>
/// <param name="Search">Null: it cannot be searched.</param>
internal sealed record OpenVolume(Volume Volume, VolumeMerger Merger, VolumeSearch? Search);
