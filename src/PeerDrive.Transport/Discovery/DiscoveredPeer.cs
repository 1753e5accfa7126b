using System.Net;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Transport.Discovery;

/// <summary>A device that says it can be reached at an address; unproved until a connection is made.</summary>
public sealed record DiscoveredPeer(DeviceId Device, IPEndPoint EndPoint);
