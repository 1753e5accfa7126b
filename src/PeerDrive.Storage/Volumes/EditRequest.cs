using PeerDrive.Model.Identity;
using PeerDrive.Model.Members;

namespace PeerDrive.Storage.Volumes;

/// <param name="signer">Signs instead of this device; null: this device.</param>
/// <param name="show">Called with what makes it visible.</param>
internal sealed class EditRequest(Volume volume, Action<VolumeEdit> build, Role requiredRole, DeviceKey? signer = null, Action<Action>? show = null) : VolumeRequest
{
    public override void Run() => volume.RunEdit(build, requiredRole, signer);

    public override void Show(Action commit)
    {
        if (show is null || HasFailed) commit();
        else show(commit);
    }
}
