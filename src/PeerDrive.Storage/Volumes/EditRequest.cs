using PeerDrive.Model.Members;

namespace PeerDrive.Storage.Volumes;

internal sealed class EditRequest(Volume volume, Action<VolumeEdit> build, Role requiredRole) : VolumeRequest
{
    public override void Run() => volume.RunEdit(build, requiredRole);
}
