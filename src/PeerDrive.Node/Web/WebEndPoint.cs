using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PeerDrive.Model.Errors;

namespace PeerDrive.Node.Web;

/// <summary>Where the web page and the API are served over TCP.</summary>
/// <param name="Address">Of the loopback interface, so that this device alone can reach it; or of any, with TLS.</param>
/// <param name="Port">Null: the one used before, or the usual one, or any that is free.</param>
internal sealed record WebEndPoint(IPAddress Address, int? Port)
{
    /// <summary>Tried first by a node that has had none yet.</summary>
    public const int UsualPort = 7373;

    /// <param name="text"><c>off</c>, a port, or a loopback address with or without a port; null: the usual.</param>
    /// <returns>Null: nothing is served.</returns>
    /// <exception cref="PeerDriveException">Invalid.</exception>
    public static WebEndPoint? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return new WebEndPoint(IPAddress.Loopback, null);
        if (text == "off") return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return new WebEndPoint(IPAddress.Loopback, RequirePort(port, text));
        var (address, named) = IPAddress.TryParse(text, out var alone) ? (alone, (int?)null)
            : IPEndPoint.TryParse(text, out var both) ? (both.Address, both.Port)
            : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no place for the web page: write a port, a loopback address such as 127.0.0.1:8080, or off.");
        if (!IPAddress.IsLoopback(address))
            throw new PeerDriveException(ErrorKind.Invalid, $"{address} can be reached from other devices, and this page is for this one only. For others there is one with TLS and a password: --web-remote {text}");
        return new WebEndPoint(address, named is { } given ? RequirePort(given, text) : null);
    }

    /// <summary>Where it is served for other devices besides.</summary>
    /// <param name="text">A port, of all addresses; or an address with a port.</param>
    /// <exception cref="PeerDriveException">Invalid.</exception>
    public static WebEndPoint ParseRemote(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return new WebEndPoint(IPAddress.Any, RequirePort(port, text));
        return IPEndPoint.TryParse(text, out var both) && !text.EndsWith(']') && text != both.Address.ToString() ? new WebEndPoint(both.Address, both.Port)
            : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' is no place for a page that other devices can open: write a port, or an address of this device and a port, such as 192.168.1.5:7443.");
    }

    /// <summary>A listening socket: at the port asked for, or at another one when that is taken and nobody asked for it by number.</summary>
    /// <returns>Null and why: there is none, and nobody asked for one.</returns>
    /// <exception cref="PeerDriveException">Busy.</exception>
    public (Socket? Socket, string Problem) Bind(int remembered)
    {
        var wanted = Port ?? (remembered > 0 ? remembered : UsualPort);
        try
        {
            return (Bind(new IPEndPoint(Address, wanted)), "");
        }
        catch (SocketException e) when (Port is { } asked)
        {
            throw new PeerDriveException(ErrorKind.Busy, $"The web page cannot be served at {Address}:{asked} ({e.Message}). Choose another port.", e);
        }
        catch (SocketException)
        {
            return BindAnywhere();
        }
    }

    private (Socket? Socket, string Problem) BindAnywhere()
    {
        try
        {
            return (Bind(new IPEndPoint(Address, 0)), "");
        }
        catch (SocketException e)
        {
            return (null, e.Message);
        }
    }

    private static Socket Bind(IPEndPoint at)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(at);
            // Until one of them listens, the system lets several sockets have a port.
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static int RequirePort(int port, string text) =>
        port is >= 0 and <= IPEndPoint.MaxPort ? port : throw new PeerDriveException(ErrorKind.Invalid, $"'{text}' has no port from 0 to {IPEndPoint.MaxPort}.");
}
