using PeerDrive.Model.Identifiers;

namespace PeerDrive.Transport.Limiting;

/// <summary>The limits that hold now: of all connections together, and of single devices.</summary>
public sealed record RateTable(DirectionRates Total, IReadOnlyDictionary<DeviceId, DirectionRates> Peers)
{
    public static RateTable Unlimited { get; } = new(default, new Dictionary<DeviceId, DirectionRates>());
}
