using System.Net;
using System.Threading.Channels;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Connections.Memory;

/// <summary>
/// One end of a simulated connection. Its pump moves frames from its send queue to the other end's receive queue, under the same caps as
/// the real one; there are no pings, as nothing goes silent unless the simulation says so. No continuation leaves the scheduler.
/// </summary>
internal sealed class MemoryPeerConnection : IPeerConnection
{
    private readonly MemoryPeerNetwork network;
    private readonly TimeProvider time;
    private readonly SendQueue sending;
    private readonly ReceiveQueue receiving = new();
    private readonly TaskCompletionSource<CloseReason> stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CloseReason> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource broken = new();

    // As on a wire, what is in flight can no longer be overtaken; one writer and one reader, who waits when it is full.
    private readonly Channel<(Frame Frame, long Sent, FrameFate Fate)> flight =
        Channel.CreateBounded<(Frame, long, FrameFate)>(TransportLimits.MemoryFlightFrames);

    private Task lifetime = Task.CompletedTask;
    private MemoryPeerConnection? twin;
    private ITimer? authorization;
    private long bytesSent, bytesReceived;

    internal MemoryPeerConnection(MemoryPeerNetwork network, DeviceCertificate remote, EndPoint endPoint, bool isDialled, TimeProvider time)
    {
        this.network = network;
        this.time = time;
        RemoteCertificate = remote;
        RemoteEndPoint = endPoint;
        IsDialled = isDialled;
        Rates = new RateLimits(time).Open(remote.Device);
        sending = new SendQueue(time, null);
    }

    public DeviceId Remote => RemoteCertificate.Device;

    public DeviceCertificate RemoteCertificate { get; }

    public EndPoint RemoteEndPoint { get; }

    public bool IsDialled { get; }

    public PeerRates Rates { get; }

    public bool IsAuthorized => receiving.IsAuthorized;

    public Task<CloseReason> Closed => closed.Task;

    public long BytesSent => Interlocked.Read(ref bytesSent);

    public long BytesReceived => Interlocked.Read(ref bytesReceived);

    /// <summary>The other end.</summary>
    internal MemoryPeerConnection Twin => twin!;

    public void Authorize()
    {
        receiving.Authorize();
        authorization?.Dispose();
    }

    public void PromisePings(TimeSpan longest)
    {
        // There are none.
    }

    public void ExpectPings(TimeSpan longest)
    {
        // There are none.
    }

    public ValueTask SendAsync(Priority priority, ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        sending.EnqueueAsync(Frame.Create(FrameType.Application, priority, message.Span, payload.Span), cancellationToken);

    public ValueTask SendAsync(Priority priority, ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> payload, CancellationToken unwanted, CancellationToken cancellationToken)
    {
        var frame = Frame.Create(FrameType.Application, priority, message.Span, payload.Span);
        frame.Unwanted = unwanted;
        return sending.EnqueueAsync(frame, cancellationToken);
    }

    public void DropUnwanted() => sending.DropUnwanted();

    public ValueTask<Frame?> ReceiveAsync(CancellationToken cancellationToken) => receiving.TakeAsync(cancellationToken);

    public Task CloseAsync(CloseReason reason)
    {
        Stop(reason);
        return lifetime;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(new CloseReason(CloseKind.Done, "done"));
        receiving.Complete(drop: true);
    }

    /// <summary>Makes this, the dialled end, and another one connection, and starts both.</summary>
    internal void Join(MemoryPeerConnection other)
    {
        twin = other;
        other.twin = this;
        receiving.Authorize();
        other.authorization = time.CreateTimer(
            static state => ((MemoryPeerConnection)state!).Stop(new CloseReason(CloseKind.Timeout, "the peer was not authorised in time")),
            other,
            TransportLimits.AuthorizationTimeout,
            Timeout.InfiniteTimeSpan);
        lifetime = LiveAsync();
        other.lifetime = other.LiveAsync();
    }

    internal void Stop(CloseReason reason) => stop.TrySetResult(reason);

    private async Task LiveAsync()
    {
        var pump = PumpAsync();
        var reason = await stop.Task;
        var graceful = reason is { ByPeer: false, Kind: CloseKind.Done or CloseKind.ShuttingDown };
        sending.Close(reason.Text, null, drop: !graceful);
        receiving.Complete(drop: !reason.ByPeer && reason.Kind != CloseKind.Lost);
        if (!graceful) Break();
        using var patience = new CancellationTokenSource(TransportLimits.CloseTimeout, time);
        using (patience.Token.UnsafeRegister(static state => ((MemoryPeerConnection)state!).Break(), this)) await pump;
        // The twin learns the reason as it would over the wire, and after every frame that was still sent.
        if (!reason.ByPeer && reason.Kind != CloseKind.Lost) Twin.Stop(CloseReason.Decode(reason.Encode()));
        else Twin.Stop(new CloseReason(CloseKind.Lost, "the peer went away"));
        if (authorization is not null) await authorization.DisposeAsync();
        network.Forget(this);
        closed.TrySetResult(reason);
    }

    private async Task PumpAsync()
    {
        var delivering = DeliverAsync();
        var batch = new List<Frame>();
        try
        {
            while (await sending.WaitToTakeAsync())
            {
                sending.Take(batch, TransportLimits.BatchBytes);
                while (batch.Count > 0)
                {
                    var frame = batch[0];
                    batch.RemoveAt(0);
                    var fate = network.FateOf(Twin.Remote, Remote, frame.Wire.Length);
                    await flight.Writer.WriteAsync((frame, time.GetTimestamp(), fate), broken.Token);
                }
            }
        }
        catch (OperationCanceledException) when (broken.IsCancellationRequested)
        {
            // The connection broke while frames were queued: they are lost with it.
        }
        catch (Exception e)
        {
            Stop(new CloseReason(CloseKind.Internal, $"{e.GetType().Name} while sending"));
        }
        flight.Writer.TryComplete();
        await delivering;
    }

    private async Task DeliverAsync()
    {
        await Task.Yield();
        try
        {
            while (await flight.Reader.WaitToReadAsync(broken.Token))
            {
                if (!flight.Reader.TryRead(out var next)) continue;
                using var lost = new Ownership(next.Frame);
                if (next.Fate.Cut)
                {
                    Stop(new CloseReason(CloseKind.Lost, "the connection broke"));
                    return;
                }
                var rest = next.Fate.Delay - time.GetElapsedTime(next.Sent);
                if (rest > TimeSpan.Zero) await Task.Delay(rest, time, broken.Token);
                await TwinHasRoomAsync().WaitAsync(broken.Token);
                if (!Twin.Accept(lost)) return;
            }
        }
        catch (OperationCanceledException) when (broken.IsCancellationRequested)
        {
            // The connection broke while frames were in flight: they are lost with it.
        }
        finally
        {
            // Nobody delivers any more, so that the pump must not wait for room in flight.
            Break();
            while (flight.Reader.TryRead(out var left)) left.Frame.Dispose();
        }
    }

    // A task of this scheduler: waiting for one whose continuations are asynchronous, with a token, would leave it.
    private async Task TwinHasRoomAsync() => await Twin.receiving.WaitForRoomAsync();

    private bool Accept(Ownership arrived)
    {
        var length = arrived.Frame!.Wire.Length;
        try
        {
            FrameHeader.Read(arrived.Frame.Wire.Span, receiving.IsAuthorized);
        }
        catch (PeerDriveException e)
        {
            Stop(new CloseReason(CloseKind.Protocol, e.Message));
            return false;
        }
        Interlocked.Add(ref bytesReceived, length);
        Interlocked.Add(ref Twin.bytesSent, length);
        receiving.Add(arrived.Release());
        return true;
    }

    // Not CancelAsync, which would leave the scheduler.
    private void Break() => broken.Cancel();

    /// <summary>Disposes a frame unless it was handed on.</summary>
    private sealed class Ownership(Frame frame) : IDisposable
    {
        public Frame? Frame { get; private set; } = frame;

        public Frame Release()
        {
            var released = Frame!;
            Frame = null;
            return released;
        }

        public void Dispose() => Frame?.Dispose();
    }
}
