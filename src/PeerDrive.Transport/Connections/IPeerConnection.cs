using System.Net;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Connections;

/// <summary>
/// A connection to one peer whose key was proved. Frames of one priority arrive in the order in which they were sent, each once, until the
/// connection closes; then some of the last may be missing. Sending is thread-safe; there is one receiver at a time.
/// </summary>
public interface IPeerConnection : IAsyncDisposable
{
    DeviceId Remote { get; }

    /// <summary>What the peer showed. Its key is proved; its name and the person who signed it are for the layer above to judge.</summary>
    DeviceCertificate RemoteCertificate { get; }

    EndPoint RemoteEndPoint { get; }

    /// <summary>Whether this side dialled.</summary>
    bool IsDialled { get; }

    /// <summary>
    /// Whether the limits for strangers are lifted. A dialled peer is authorised from the start, as the dialler named it; a peer that called
    /// must be within <see cref="TransportLimits.AuthorizationTimeout"/>, and until then its frames are capped.
    /// </summary>
    bool IsAuthorized { get; }

    /// <summary>Completes when the connection has ended, with the one reason; never fails.</summary>
    Task<CloseReason> Closed { get; }

    /// <summary>Bytes of frames sent so far, headers included.</summary>
    long BytesSent { get; }

    /// <summary>Bytes of frames received so far, headers included.</summary>
    long BytesReceived { get; }

    /// <summary>Its limits and its rates. Sending obeys by itself; who asks for content takes what it will bring first.</summary>
    PeerRates Rates { get; }

    /// <summary>Lifts the limits for strangers.</summary>
    void Authorize();

    /// <summary>From now on this side is never silent for longer; else for <see cref="TransportLimits.PingAfter"/>.</summary>
    void PromisePings(TimeSpan longest);

    /// <summary>
    /// The peer promised never to be silent for longer: after <see cref="TransportLimits.SilenceFactor"/> of it the connection ends, instead
    /// of after <see cref="TransportLimits.SilenceTimeout"/>, which stays the longest.
    /// </summary>
    void ExpectPings(TimeSpan longest);

    /// <summary>
    /// Queues a frame. Both memories are copied before the call returns and stay the caller's; the task completes when the queue of the
    /// priority has room, which is how a slow peer slows its senders.
    /// </summary>
    /// <param name="message">1 byte to <see cref="TransportLimits.MessageBytes"/>; to a peer that may not have authorised us, <see cref="TransportLimits.UnauthorizedFrameBytes"/>.</param>
    /// <param name="payload">At most <see cref="TransportLimits.PayloadBytes"/>.</param>
    /// <exception cref="PeerDriveException">Unreachable: the connection is closed. Invalid: a length beyond its cap.</exception>
    ValueTask SendAsync(Priority priority, ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken);

    /// <summary>Queues a frame that need not be sent once <paramref name="unwanted"/> is cancelled; <see cref="DropUnwanted"/> takes it out then.</summary>
    /// <inheritdoc cref="SendAsync(Priority, ReadOnlyMemory{byte}, ReadOnlyMemory{byte}, CancellationToken)"/>
    ValueTask SendAsync(Priority priority, ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> payload, CancellationToken unwanted, CancellationToken cancellationToken);

    /// <summary>Drops queued frames that are no longer wanted.</summary>
    void DropUnwanted();

    /// <summary>The next frame, which the caller owns and disposes; null when the connection has ended.</summary>
    ValueTask<Frame?> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Ends the connection, telling the peer why; the first reason counts. With Done and ShuttingDown what is queued is sent first, within
    /// <see cref="TransportLimits.CloseTimeout"/>. Completes when the connection has ended. Disposing closes with Done.
    /// </summary>
    Task CloseAsync(CloseReason reason);
}
