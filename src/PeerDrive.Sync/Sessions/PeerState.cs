using System.Net;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Sync.Sessions;

/// <summary>A device that this one is or could be connected to, as it is now.</summary>
/// <param name="LastProblem">Why the last attempt or connection ended, when it was not on purpose.</param>
/// <param name="Volumes">Volumes of which both are members.</param>
public sealed record PeerState(
    DeviceId Device, string Name, string PersonName, bool IsOnline, IPEndPoint? Address, DateTimeOffset? LastSeen,
    long BytesSent, long BytesReceived, string? LastProblem, IReadOnlyList<VolumeId> Volumes);
