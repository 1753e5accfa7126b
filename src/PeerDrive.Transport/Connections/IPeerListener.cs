using System.Net;

namespace PeerDrive.Transport.Connections;

/// <summary>Accepts peers at one address.</summary>
public interface IPeerListener : IAsyncDisposable
{
    /// <summary>Where peers reach it, with the port that was chosen.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>The next peer that proved its key, which the caller owns and must authorise or close; null when the listener is disposed.</summary>
    ValueTask<IPeerConnection?> AcceptAsync(CancellationToken cancellationToken);
}
