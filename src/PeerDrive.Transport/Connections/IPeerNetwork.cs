using System.Net;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Transport.Connections;

/// <summary>The network as one device sees it.</summary>
public interface IPeerNetwork
{
    /// <summary>Starts to listen.</summary>
    /// <param name="endPoint">Port 0 chooses a free one.</param>
    /// <exception cref="PeerDriveException">Busy: the address is in use. Invalid: this machine does not have it.</exception>
    IPeerListener Listen(IPEndPoint endPoint);

    /// <summary>
    /// Connects to the device <paramref name="expected"/>, and to no other. That device may still refuse us, which shows as the connection's end.
    /// </summary>
    /// <exception cref="PeerDriveException">
    /// Unreachable: nobody answers in time. Forbidden: another device answers. Protocol: what answers is no peer.
    /// </exception>
    Task<IPeerConnection> ConnectAsync(EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken);
}
