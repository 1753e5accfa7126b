using System.Net;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Sessions;

/// <summary>A device that this one is or could be connected to, as it is now.</summary>
/// <param name="IsOnline">It is connected, or another member is and told of it lately.</param>
/// <param name="BytesSent">Since the program started, over all connections to it.</param>
/// <param name="BytesReceived">Since the program started, over all connections to it.</param>
/// <param name="LastProblem">Why the last attempt or connection ended, when it was not on purpose.</param>
/// <param name="Volumes">Volumes of which both are members, while it is connected.</param>
public sealed record PeerState(
    DeviceId Device, string Name, string PersonName, bool IsOnline, EndPoint? Address, DateTimeOffset? LastSeen,
    long BytesSent, long BytesReceived, string? LastProblem, IReadOnlyList<VolumeId> Volumes)
{
    /// <summary>There is a connection to it.</summary>
    public bool IsConnected { get; init; }

    /// <summary>The member that told last that it is online, when it is not connected.</summary>
    public DeviceId? Via { get; init; }

    /// <summary>Where it may be reached, the likeliest first.</summary>
    public IReadOnlyList<EndPoint> Addresses { get; init; } = [];

    /// <summary>What it is in each volume of which both are members.</summary>
    public IReadOnlyList<PeerVolumeState> Shares { get; init; } = [];
}
