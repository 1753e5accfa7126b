using PeerDrive.Model.Identity;
using PeerDrive.Storage.Disks;

namespace PeerDrive.Storage.Volumes;

/// <summary>What a volume needs from the node it is open in.</summary>
/// <param name="Features">What this program knows of the features that a volume may ask for; null: <see cref="VolumeFeatures.Known"/>.</param>
/// <param name="Random">Used under the volume's gate only.</param>
public sealed record VolumeContext(IDisk Disk, TimeProvider Time, Random Random, DeviceKey Device, PersonCertificate Person, IReadOnlySet<string>? Features = null);
