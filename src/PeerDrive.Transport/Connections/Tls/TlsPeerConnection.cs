using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Limiting;

namespace PeerDrive.Transport.Connections.Tls;

/// <summary>A connection over TLS: one send loop, one receive loop, one reason to close, and one task that ends all three in order.</summary>
internal sealed class TlsPeerConnection : IPeerConnection
{
    private readonly SslStream tls;
    private readonly CoalescingStream network;
    private readonly TimeProvider time;
    private readonly SendQueue sending;
    private readonly ReceiveQueue receiving = new();
    private readonly TaskCompletionSource<CloseReason> stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CloseReason> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer ticker;
    private readonly long opened;
    private readonly Action onAuthorized;
    private readonly Task lifetime;
    private long lastSent, lastReceived, lastTick, writingSince, bytesSent, bytesReceived;
    private long pingAfter = TransportLimits.PingAfter.Ticks, silence = TransportLimits.SilenceTimeout.Ticks;

    /// <param name="tls">Authenticated; owned from here on, with <paramref name="network"/> below it.</param>
    /// <param name="onAuthorized">Called when the connection stops counting as a stranger's: authorised or ended. May be called twice.</param>
    internal TlsPeerConnection(SslStream tls, CoalescingStream network, DeviceCertificate remote, EndPoint endPoint, bool dialled, TimeProvider time, RateLimits limits, Action onAuthorized)
    {
        this.tls = tls;
        this.network = network;
        this.time = time;
        this.onAuthorized = onAuthorized;
        RemoteCertificate = remote;
        RemoteEndPoint = endPoint;
        IsDialled = dialled;
        Rates = limits.Open(remote.Device);
        sending = new SendQueue(time, Rates.Up);
        network.Coalesce = true;
        opened = lastSent = lastReceived = lastTick = time.GetTimestamp();
        if (dialled) receiving.Authorize();
        ticker = time.CreateTimer(static state => ((TlsPeerConnection)state!).Tick(), this, TransportLimits.TickInterval, TransportLimits.TickInterval);
        lifetime = LiveAsync();
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

    public void Authorize()
    {
        receiving.Authorize();
        onAuthorized();
    }

    // One tick early, as the clocks are looked at no more often.
    public void PromisePings(TimeSpan longest) =>
        Volatile.Write(ref pingAfter, Math.Max(0, Math.Min(longest.Ticks, TransportLimits.PingAfter.Ticks) - TransportLimits.TickInterval.Ticks));

    public void ExpectPings(TimeSpan longest)
    {
        var ticks = longest > TransportLimits.SilenceTimeout ? TransportLimits.SilenceTimeout.Ticks : (long)(longest.Ticks * TransportLimits.SilenceFactor);
        Volatile.Write(ref silence, Math.Clamp(ticks, TransportLimits.SilenceMinimum.Ticks, TransportLimits.SilenceTimeout.Ticks));
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
        await CloseAsync(new CloseReason(CloseKind.Done, "done")).ConfigureAwait(false);
        receiving.Complete(drop: true);
    }

    /// <summary>Asks for the end without waiting for it.</summary>
    internal void Stop(CloseReason reason) => stop.TrySetResult(reason);

    private async Task LiveAsync()
    {
        var sendLoop = SendLoopAsync();
        var receiveLoop = ReceiveLoopAsync();
        var reason = await stop.Task.ConfigureAwait(false);

        var graceful = reason is { ByPeer: false, Kind: CloseKind.Done or CloseKind.ShuttingDown };
        var told = reason.ByPeer || reason.Kind == CloseKind.Lost
            ? null
            : Frame.Create(FrameType.Close, Priority.Streaming, reason.Encode(), []);
        sending.Close(reason.Text, told, drop: !graceful);
        // What the peer sent before it closed can still be read; what comes after our own close cannot.
        receiving.Complete(drop: !reason.ByPeer && reason.Kind != CloseKind.Lost);
        using var patience = new CancellationTokenSource(TransportLimits.CloseTimeout, time);
        using (patience.Token.UnsafeRegister(static state => ((Stream)state!).Dispose(), network))
        {
            if (reason.Kind == CloseKind.Lost) network.Dispose();
            await sendLoop.ConfigureAwait(false);
            if (reason.ByPeer) network.Dispose();
            await receiveLoop.ConfigureAwait(false);
        }
        await ticker.DisposeAsync().ConfigureAwait(false);
        await tls.DisposeAsync().ConfigureAwait(false);
        Rates.Dispose();
        onAuthorized();
        closed.TrySetResult(reason);
    }

    private async Task SendLoopAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var small = ArrayPool<byte>.Shared.Rent(TransportLimits.BatchBytes);
        var batch = new List<Frame>();
        try
        {
            while (await sending.WaitToTakeAsync().ConfigureAwait(false))
            {
                sending.Take(batch, TransportLimits.BatchBytes);
                if (batch.Count == 0) continue;
                await WriteAsync(batch, small).ConfigureAwait(false);
                network.Release();
            }
            // Tells the peer that nothing follows, so that it closes its side and no reset overtakes the reason.
            Volatile.Write(ref writingSince, time.GetTimestamp());
            await tls.ShutdownAsync().ConfigureAwait(false);
            await network.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Stop(Broken(e, "sending"));
        }
        finally
        {
            foreach (var frame in batch) frame.Dispose();
            ArrayPool<byte>.Shared.Return(small);
        }
    }

    private async ValueTask WriteAsync(List<Frame> batch, byte[] small)
    {
        Volatile.Write(ref writingSince, time.GetTimestamp());
        var gathered = 0;
        foreach (var frame in batch)
        {
            var wire = frame.Wire;
            if (gathered + wire.Length > small.Length || wire.Length >= TransportLimits.DirectWriteBytes)
            {
                if (gathered > 0) await tls.WriteAsync(small.AsMemory(0, gathered)).ConfigureAwait(false);
                gathered = 0;
            }
            if (wire.Length >= TransportLimits.DirectWriteBytes)
            {
                await tls.WriteAsync(wire).ConfigureAwait(false);
            }
            else
            {
                wire.CopyTo(small.AsMemory(gathered));
                gathered += wire.Length;
            }
            Interlocked.Add(ref bytesSent, wire.Length);
            Rates.NoteSent(wire.Length);
        }
        if (gathered > 0) await tls.WriteAsync(small.AsMemory(0, gathered)).ConfigureAwait(false);
        await tls.FlushAsync().ConfigureAwait(false);
        foreach (var frame in batch) frame.Dispose();
        batch.Clear();
        Volatile.Write(ref lastSent, time.GetTimestamp());
        Volatile.Write(ref writingSince, 0);
    }

    private async Task ReceiveLoopAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var buffer = new byte[TransportLimits.ReceiveBufferBytes];
        int start = 0, end = 0;
        try
        {
            while (true)
            {
                await receiving.WaitForRoomAsync().ConfigureAwait(false);
                while (end - start < FrameHeader.Size)
                {
                    buffer.AsSpan(start, end - start).CopyTo(buffer);
                    end -= start;
                    start = 0;
                    var read = await tls.ReadAsync(buffer.AsMemory(end)).ConfigureAwait(false);
                    if (read == 0)
                    {
                        Stop(new CloseReason(CloseKind.Lost, end == 0 ? "the peer went away" : "the peer went away in the middle of a frame"));
                        return;
                    }
                    end += read;
                    Volatile.Write(ref lastReceived, time.GetTimestamp());
                }
                var header = FrameHeader.Read(buffer.AsSpan(start), receiving.IsAuthorized);
                start += FrameHeader.Size;
                var frame = Frame.Allocate(header);
                var owned = true;
                try
                {
                    var body = frame.Body;
                    var buffered = Math.Min(end - start, body.Length);
                    buffer.AsMemory(start, buffered).CopyTo(body);
                    start += buffered;
                    for (var at = buffered; at < body.Length;)
                    {
                        var read = await tls.ReadAsync(body[at..]).ConfigureAwait(false);
                        if (read == 0)
                        {
                            Stop(new CloseReason(CloseKind.Lost, "the peer went away in the middle of a frame"));
                            return;
                        }
                        at += read;
                        Volatile.Write(ref lastReceived, time.GetTimestamp());
                    }
                    Interlocked.Add(ref bytesReceived, frame.Wire.Length);
                    Rates.NoteReceived(frame.Wire.Length);
                    if (header.Type == FrameType.Close)
                    {
                        Stop(CloseReason.Decode(frame.Message.Span));
                        return;
                    }
                    if (header.Type != FrameType.Application) continue;
                    owned = false;
                    receiving.Add(frame);
                }
                finally
                {
                    if (owned) frame.Dispose();
                }
            }
        }
        catch (PeerDriveException e)
        {
            Stop(new CloseReason(CloseKind.Protocol, e.Message));
        }
        catch (Exception e)
        {
            Stop(Broken(e, "receiving"));
        }
    }

    // A socket that is closed under a pending operation shows as any of these.
    private static CloseReason Broken(Exception e, string doing) =>
        e is IOException or ObjectDisposedException or InvalidOperationException or SocketException
            ? new CloseReason(CloseKind.Lost, $"the connection broke while {doing}")
            : new CloseReason(CloseKind.Internal, $"{e.GetType().Name} while {doing}");

    private void Tick()
    {
        var now = time.GetTimestamp();
        if (!IsAuthorized && time.GetElapsedTime(opened, now) >= TransportLimits.AuthorizationTimeout)
            Stop(new CloseReason(CloseKind.Timeout, "the peer was not authorised in time"));
        // While the layer above is behind, or this process stood still, it is us who do not read: that says nothing about the peer.
        var sinceTick = time.GetElapsedTime(Interlocked.Exchange(ref lastTick, now), now);
        var stoodStill = sinceTick >= 3 * TransportLimits.TickInterval && sinceTick < TransportLimits.SilenceTimeout;
        if (receiving.IsFull || stoodStill) Volatile.Write(ref lastReceived, now);
        else if (time.GetElapsedTime(Volatile.Read(ref lastReceived), now).Ticks >= Volatile.Read(ref silence))
            Stop(new CloseReason(CloseKind.Timeout, "the peer was silent for too long"));
        var writing = Volatile.Read(ref writingSince);
        if (writing != 0)
        {
            if (time.GetElapsedTime(writing, now) >= TransportLimits.WriteTimeout)
                Stop(new CloseReason(CloseKind.Timeout, "the peer stopped reading"));
        }
        else if (time.GetElapsedTime(Volatile.Read(ref lastSent), now).Ticks >= Volatile.Read(ref pingAfter))
        {
            Volatile.Write(ref lastSent, now);
            sending.EnqueueNow(Frame.Create(FrameType.Ping, Priority.Streaming, [], []));
        }
    }
}
