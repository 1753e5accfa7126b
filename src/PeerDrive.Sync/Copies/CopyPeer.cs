using PeerDrive.Model.Identifiers;
using PeerDrive.Storage.Replicas;

namespace PeerDrive.Sync.Copies;

/// <summary>A member's device whose copies are counted.</summary>
internal sealed class CopyPeer(DeviceId device, ulong bit)
{
    public DeviceId Device => device;

    /// <summary>Stands for it in the sets of <see cref="WatchedContent"/>.</summary>
    public ulong Bit => bit;

    /// <summary>What it is connected by, only compared; null: it is not.</summary>
    public object? Connection { get; set; }

    /// <summary>Which contents it keeps, as it last said; null: it has not said it.</summary>
    public PolicyKind? Policy { get; set; }

    /// <summary>When it was last seen connected.</summary>
    public long Seen { get; set; }
}
