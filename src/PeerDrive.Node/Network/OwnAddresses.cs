using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using PeerDrive.Model.Errors;
using PeerDrive.Transport.Discovery;

namespace PeerDrive.Node.Network;

/// <summary>Where peers can reach this node, as far as it can tell.</summary>
internal sealed class OwnAddresses(IPEndPoint listening, AnnounceMode announce)
{
    // A ticket carries no more: the text and its QR code stay short.
    private const int Most = 4;

    public int Port => listening.Port;

    public IReadOnlyList<IPEndPoint> All()
    {
        if (!listening.Address.Equals(IPAddress.Any) && !listening.Address.Equals(IPAddress.IPv6Any)) return [listening];
        if (announce == AnnounceMode.Loopback) return [new IPEndPoint(IPAddress.Loopback, Port)];
        var found = Interfaces().Take(Most).Select(address => new IPEndPoint(address, Port)).ToList();
        return found.Count > 0 ? found : [new IPEndPoint(IPAddress.Loopback, Port)];
    }

    /// <summary>Addresses that a person names, this node's port added where there is none; all own ones when none is named.</summary>
    /// <exception cref="PeerDriveException">Invalid.</exception>
    public IReadOnlyList<IPEndPoint> Named(IReadOnlyList<string>? named)
    {
        if (named is not { Count: > 0 }) return All();
        if (named.Count > Most) throw new PeerDriveException(ErrorKind.LimitExceeded, $"An invitation names at most {Most} addresses.");
        return [.. named.Select(Parse)];
    }

    private IPEndPoint Parse(string text)
    {
        if (IPAddress.TryParse(text, out var address)) return new IPEndPoint(address, Port);
        if (IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port != 0) return endPoint;
        throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no address: write an IP address, with a port if it is not {Port}, such as 192.168.1.5:{Port}.");
    }

    private static IEnumerable<IPAddress> Interfaces() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
        from unicast in network.GetIPProperties().UnicastAddresses
        where unicast.Address.AddressFamily == AddressFamily.InterNetwork
        select unicast.Address;
}
