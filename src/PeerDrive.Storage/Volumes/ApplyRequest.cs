using PeerDrive.Model.Changesets;

namespace PeerDrive.Storage.Volumes;

internal sealed class ApplyRequest(Volume volume, IReadOnlyList<Changeset> changesets) : VolumeRequest
{
    public ApplyOutcome Outcome { get; private set; } = new(0, null, false);

    public override void Run() => Outcome = volume.RunApply(changesets);
}
