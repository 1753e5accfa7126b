using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PeerDrive.Sync.Presence;

/// <summary>Where a device may be reached, as text: <c>1.2.3.4:port</c>, <c>[v6]:port</c> or <c>name:port</c>.</summary>
public static class PeerAddress
{
    public static string Format(EndPoint address) => address switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port).ToString(),
        DnsEndPoint name => string.Create(CultureInfo.InvariantCulture, $"{name.Host}:{name.Port}"),
        _ => address.ToString() ?? "",
    };

    /// <summary>False when it is no address of one host with a port; names are not looked up.</summary>
    public static bool TryParse(string text, out EndPoint address)
    {
        address = null!;
        if (text.Length > SyncLimits.PresenceAddressLength) return false;
        if (IPEndPoint.TryParse(text, out var number))
        {
            // Without a port, with a part of the address taken for one, or short forms such as 10.1, which people do not mean.
            var isWritten = number.AddressFamily == AddressFamily.InterNetworkV6 ? text[0] == '[' : text.Count(c => c == '.') == 3;
            if (number.Port == 0 || !isWritten || !IsOneHost(number.Address)) return false;
            address = number.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(number.Address.MapToIPv4(), number.Port) : number;
            return true;
        }
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0 || !IsName(text[..colon])) return false;
        address = new DnsEndPoint(text[..colon].ToLowerInvariant(), port);
        return true;
    }

    private static bool IsOneHost(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast) && !address.IsIPv6Multicast
            && (address.AddressFamily != AddressFamily.InterNetwork || address.GetAddressBytes()[0] < 224);
    }

    private static bool IsName(string host) => char.IsAsciiLetterOrDigit(host[0]) && host.Any(char.IsAsciiLetter) && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
