using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace PeerDrive.EndToEnd;

/// <summary>
/// A link of its own to one address: TCP on this machine, each direction with a delay and a rate, for machines whose kernel has no
/// netem. It can be cut, and ends both sides as the other one ended. Bytes keep their order.
/// </summary>
internal sealed class SlowLink : IAsyncDisposable
{
    private const int PieceBytes = 16 * 1024;

    /// <summary>Under way in one direction at most, where there is no limit of the rate.</summary>
    private const int Pieces = 256;

    /// <summary>What a link with a limit holds back beyond what is on its way: as a real one it does not make everything wait behind megabytes.</summary>
    private static readonly TimeSpan Queue = TimeSpan.FromMilliseconds(200);

    private const int SocketBytes = 64 * 1024;

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint target;
    private readonly TimeSpan delay;
    private long bytesPerSecond;
    private readonly Lock gate = new();
    private readonly HashSet<Socket> open = [];
    private readonly List<Task> running = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private readonly Pipe up, down;
    private long carried;

    /// <param name="delay">One way.</param>
    /// <param name="bytesPerSecond">Of all connections together, in each direction; 0: no limit.</param>
    /// <param name="listen">Where it may be connected to; null: on the loopback interface.</param>
    public SlowLink(IPEndPoint target, TimeSpan delay, long bytesPerSecond, IPAddress? listen = null)
    {
        this.target = target;
        this.delay = delay;
        this.bytesPerSecond = bytesPerSecond;
        if (bytesPerSecond > 0) Narrow(listener);
        listener.Bind(new IPEndPoint(listen ?? IPAddress.Loopback, 0));
        listener.Listen();
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        up = new Pipe(this);
        down = new Pipe(this);
        accepting = AcceptAsync();
    }

    /// <summary>Where to connect to instead of the target.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Bytes that came out at either end.</summary>
    public long Carried => Interlocked.Read(ref carried);

    /// <summary>Breaks all connections, as when a cable is pulled; new ones go through.</summary>
    public void Cut()
    {
        lock (gate)
        {
            foreach (var socket in open) socket.Close(0);
        }
    }

    /// <summary>From now on there is no limit of the rate; what is under way already comes when it would have.</summary>
    public void Hurry()
    {
        Interlocked.Exchange(ref bytesPerSecond, 0);
        up.Free();
        down.Free();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        Cut();
        await accepting;
        Task[] left;
        lock (gate) left = [.. running];
        await Task.WhenAll(left);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var near = await listener.AcceptAsync(stop.Token);
                lock (gate) running.Add(CarryAsync(near));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (Interlocked.Read(ref bytesPerSecond) > 0) Narrow(far);
        using (near)
        {
            lock (gate)
            {
                open.Add(near);
                open.Add(far);
            }
            try
            {
                near.NoDelay = far.NoDelay = true;
                await far.ConnectAsync(target, stop.Token);
                await Task.WhenAll(CarryAsync(near, far, up), CarryAsync(far, near, down));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The target is not there, or the link was cut: who connected sees its end.
            }
            finally
            {
                lock (gate)
                {
                    open.Remove(near);
                    open.Remove(far);
                }
            }
        }
    }

    /// <summary>One direction of one connection, to the end of what is sent; then the other side is told that nothing follows.</summary>
    private async Task CarryAsync(Socket from, Socket to, Pipe pipe)
    {
        var flight = Channel.CreateBounded<(byte[] Bytes, long Due)>(MostPieces());
        var reading = ReadAsync(from, pipe, flight.Writer);
        try
        {
            await foreach (var (bytes, due) in flight.Reader.ReadAllAsync(stop.Token))
            {
                await UntilAsync(due);
                for (var sent = 0; sent < bytes.Length;) sent += await to.SendAsync(bytes.AsMemory(sent), stop.Token);
                Interlocked.Add(ref carried, bytes.Length);
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Who can send no further takes the other direction along.
            from.Close(0);
            to.Close(0);
            flight.Writer.TryComplete();
        }
        await reading;
    }

    private int MostPieces()
    {
        var rate = Interlocked.Read(ref bytesPerSecond);
        return rate == 0 ? Pieces : (int)Math.Clamp((long)((delay + Queue).TotalSeconds * rate) / PieceBytes, 2, Pieces);
    }

    private static void Narrow(Socket socket) => (socket.ReceiveBufferSize, socket.SendBufferSize) = (SocketBytes, SocketBytes);

    private async Task ReadAsync(Socket from, Pipe pipe, ChannelWriter<(byte[] Bytes, long Due)> flight)
    {
        var buffer = new byte[PieceBytes];
        try
        {
            while (await from.ReceiveAsync(buffer, stop.Token) is > 0 and var length)
            {
                if (!await flight.WaitToWriteAsync(stop.Token)) return;
                await flight.WriteAsync((buffer[..length], pipe.Depart(length)), stop.Token);
            }
            flight.TryComplete();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException or ChannelClosedException)
        {
            flight.TryComplete(new SocketException((int)SocketError.ConnectionReset));
        }
    }

    private async Task UntilAsync(long due)
    {
        var wait = TimeSpan.FromTicks(due - Now);
        if (wait < TimeSpan.FromMilliseconds(1)) return;
        using var timer = new PeriodicTimer(wait);
        await timer.WaitForNextTickAsync(stop.Token);
    }

    private static long Now => TimeProvider.System.GetElapsedTime(0).Ticks;

    /// <summary>The wire of one direction: a piece leaves it when those before it have.</summary>
    private sealed class Pipe(SlowLink link)
    {
        private readonly Lock gate = new();
        private long free;

        /// <summary>Nothing waits for what is on the wire now.</summary>
        public void Free()
        {
            lock (gate) free = 0;
        }

        /// <summary>Puts a piece on the wire.</summary>
        /// <returns>When it comes out.</returns>
        public long Depart(int bytes)
        {
            lock (gate)
            {
                var rate = Interlocked.Read(ref link.bytesPerSecond);
                var takes = rate == 0 ? 0 : bytes * TimeSpan.TicksPerSecond / rate;
                free = Math.Max(free, Now) + takes;
                return free + link.delay.Ticks;
            }
        }
    }
}
