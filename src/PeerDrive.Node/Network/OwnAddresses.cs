using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using PeerDrive.Model.Errors;
using PeerDrive.Sync;
using PeerDrive.Sync.Presence;
using PeerDrive.Transport.Discovery;

namespace PeerDrive.Node.Network;

/// <summary>Where peers can reach this node, as far as it can tell.</summary>
internal sealed class OwnAddresses(IPEndPoint listening, AnnounceMode announce, IReadOnlyList<string> further)
{
    // A ticket carries no more: the text and its QR code stay short.
    private const int Most = 4;

    private readonly ConcurrentDictionary<AddressFamily, IReadOnlyList<IPAddress>> known = new();

    public int Port => listening.Port;

    public IReadOnlyList<IPEndPoint> All()
    {
        if (!listening.Address.Equals(IPAddress.Any) && !listening.Address.Equals(IPAddress.IPv6Any)) return [listening];
        if (announce == AnnounceMode.Loopback) return [new IPEndPoint(IPAddress.Loopback, Port)];
        var found = Interfaces(AddressFamily.InterNetwork).Take(Most).Select(address => new IPEndPoint(address, Port)).ToList();
        return found.Count > 0 ? found : [new IPEndPoint(IPAddress.Loopback, Port)];
    }

    /// <summary>What members are told: addresses and names that a person gave, then those of this machine, of version 4 and 6.</summary>
    public IReadOnlyList<string> Told()
    {
        IEnumerable<EndPoint> found = All();
        if (listening.Address.Equals(IPAddress.IPv6Any) && announce != AnnounceMode.Loopback)
            found = found.Concat(Interfaces(AddressFamily.InterNetworkV6).Where(address => !address.IsIPv6LinkLocal).Take(Most).Select(address => new IPEndPoint(address, Port)));
        return [.. further.Select(WithPort).Concat(found.Select(PeerAddress.Format)).Distinct().Take(SyncLimits.PresenceAddresses)];
    }

    /// <summary>An address or name as members are told it, with a port.</summary>
    /// <exception cref="PeerDriveException">Invalid: it is none.</exception>
    public static string Require(string text, int port)
    {
        if (PeerAddress.TryParse(text, out var whole)) return PeerAddress.Format(whole);
        if (PeerAddress.TryParse(IPAddress.TryParse(text, out var number) && number.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{number}]:{port}" : $"{text}:{port}", out var withPort))
            return PeerAddress.Format(withPort);
        throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no address: write a name or an IP address, with a port if it is another than this node's, such as home.example.org:22067.");
    }

    private string WithPort(string text) => Require(text, Port);

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

    private IReadOnlyList<IPAddress> Interfaces(AddressFamily family)
    {
        try
        {
            return known[family] =
            [
                .. from network in NetworkInterface.GetAllNetworkInterfaces()
                   where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
                   from unicast in network.GetIPProperties().UnicastAddresses
                   where unicast.Address.AddressFamily == family
                   select unicast.Address,
            ];
        }
        catch (Exception e) when (e is NetworkInformationException or IOException or UnauthorizedAccessException)
        {
            // An interface vanished while it was listed, or too many files are open: what was found before serves until the next look.
            return known.GetValueOrDefault(family, []);
        }
    }
}
