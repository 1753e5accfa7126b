using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;

namespace PeerDrive.Storage.Volumes;

/// <param name="signer">Signs instead of this device; null: this device.</param>
internal sealed class EditRequest(Volume volume, Action<VolumeEdit> build, Role requiredRole, DeviceKey? signer = null) : VolumeRequest
{
    public override void Run() => volume.RunEdit(build, requiredRole, signer);
}
