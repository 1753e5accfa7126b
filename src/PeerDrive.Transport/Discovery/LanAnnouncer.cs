using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.Channels;
using PeerDrive.Model.Identifiers;

namespace PeerDrive.Transport.Discovery;

/// <summary>
/// Announces this device on the local networks by UDP multicast and finds others that do. A device seen for the first time is answered at
/// once. Without a network it stays silent and tries again at the next announcement.
/// </summary>
public sealed class LanAnnouncer : IAsyncDisposable
{
    /// <summary>Of the administratively scoped block 239.192.0.0/14 (RFC 2365): routers of an organisation do not let it out.</summary>
    public static readonly IPAddress MulticastGroup = IPAddress.Parse("239.192.77.68");

    public const int DefaultPort = 21068;

    // linux/in.h: deliver only groups that this very socket joined, so that "lo" hears loopback alone.
    private const int IpProtoIp = 0, IpMulticastAll = 49;

    private readonly AnnounceMode mode;
    private readonly IPEndPoint group;
    private readonly Announcement own;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly Lock gate = new();
    private readonly DatagramMeter meter;
    private readonly HashSet<IPAddress> joined = [];
    private readonly HashSet<(DeviceId, ulong)> seen = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<DiscoveredPeer> found = Channel.CreateBounded<DiscoveredPeer>(
        new BoundedChannelOptions(TransportLimits.FoundQueue) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true });

    private Socket? socket;
    private Task announceLoop = Task.CompletedTask, receiveLoop = Task.CompletedTask;
    private TaskCompletionSource answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool disposed;

    /// <param name="tcpPort">Where this device accepts peers.</param>
    /// <param name="random">Chooses the instance and the jitter; used by this object alone.</param>
    /// <param name="port">The UDP port of the group; tests use one of their own.</param>
    public LanAnnouncer(DeviceId device, int tcpPort, AnnounceMode mode, TimeProvider time, Random random, int port = DefaultPort)
    {
        this.mode = mode;
        this.time = time;
        this.random = random;
        group = new IPEndPoint(MulticastGroup, port);
        own = new Announcement(device, tcpPort, (ulong)random.NextInt64());
        meter = new DatagramMeter(time);
    }

    /// <summary>Devices as they announce themselves, again and again; ends when the announcer is disposed.</summary>
    public ChannelReader<DiscoveredPeer> Found => found.Reader;

    /// <summary>Begins to listen and announce. Does nothing in mode Off.</summary>
    /// <returns>False when this machine does not let us listen; the daemon works without.</returns>
    public bool Start()
    {
        if (mode == AnnounceMode.Off) return true;
        try
        {
            socket = Open(group);
        }
        catch (SocketException)
        {
            return false;
        }
        JoinInterfaces();
        receiveLoop = ReceiveLoopAsync(socket);
        announceLoop = AnnounceLoopAsync(socket);
        return true;
    }

    /// <summary>The network changed: others are told sooner than they would be.</summary>
    public void AnnounceNow()
    {
        lock (gate) answer.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true)) return;
        await stopping.CancelAsync().ConfigureAwait(false);
        await announceLoop.ConfigureAwait(false);
        await receiveLoop.ConfigureAwait(false);
        socket?.Dispose();
        found.Writer.TryComplete();
        stopping.Dispose();
    }

    private static Socket Open(IPEndPoint group)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Several daemons on one machine hear the same group.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            Span<byte> off = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(off, 0);
            socket.SetRawSocketOption(IpProtoIp, IpMulticastAll, off);
            // Bound to the group and not to any address: nothing that is sent to the machine itself comes in here.
            socket.Bind(group);
            socket.MulticastLoopback = true;
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 1);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AnnounceLoopAsync(Socket socket)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var datagram = new byte[Announcement.Size];
        own.WriteTo(datagram);
        while (!stopping.IsCancellationRequested)
        {
            JoinInterfaces();
            foreach (var address in Interfaces()) await SendAsync(socket, datagram, address).ConfigureAwait(false);
            var pause = TransportLimits.AnnounceInterval * (0.75 + random.NextDouble() / 2);
            await Task.Delay(TransportLimits.AnswerInterval, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await answer.Task.WaitAsync(pause, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (gate) answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task SendAsync(Socket socket, byte[] datagram, IPAddress from)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, from.GetAddressBytes());
            await socket.SendToAsync(datagram, group, stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The interface went away between listing and sending, or we stop: the next announcement lists them again.
        }
    }

    private async Task ReceiveLoopAsync(Socket socket)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        // One byte more than an announcement, so that longer datagrams are seen to be none.
        var buffer = new byte[Announcement.Size + 1];
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stopping.Token).ConfigureAwait(false);
                Judge(buffer.AsSpan(0, received.ReceivedBytes), (IPEndPoint)received.RemoteEndPoint);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // An ICMP error of an earlier send; the pause keeps a broken interface from spinning the loop.
                await Task.Delay(TransportLimits.AcceptRetry, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Judge(ReadOnlySpan<byte> datagram, IPEndPoint source)
    {
        if (mode == AnnounceMode.Loopback && !IPAddress.IsLoopback(source.Address)) return;
        if (!meter.Admits(source.Address) || !Announcement.TryRead(datagram, out var other) || other.Device == own.Device) return;
        found.Writer.TryWrite(new DiscoveredPeer(other.Device, new IPEndPoint(source.Address, other.Port)));
        if (seen.Count >= TransportLimits.AnnouncerTableEntries) seen.Clear();
        if (!seen.Add((other.Device, other.Instance))) return;
        lock (gate) answer.TrySetResult();
    }

    private void JoinInterfaces()
    {
        var present = Interfaces();
        joined.IntersectWith(present);
        foreach (var address in present)
        {
            if (joined.Contains(address)) continue;
            try
            {
                socket!.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(MulticastGroup, address));
            }
            catch (SocketException)
            {
                // Joined already (two addresses of one interface), or it cannot: either way there is nothing more to do with it.
            }
            joined.Add(address);
        }
    }

    private List<IPAddress> Interfaces()
    {
        if (mode == AnnounceMode.Loopback) return [IPAddress.Loopback];
        List<IPAddress> addresses = [IPAddress.Loopback];
        try
        {
            foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
            {
                if (network.OperationalStatus != OperationalStatus.Up || !network.SupportsMulticast) continue;
                if (network.NetworkInterfaceType == NetworkInterfaceType.Loopback) continue;
                addresses.AddRange(network.GetIPProperties().UnicastAddresses.Select(u => u.Address).Where(a => a.AddressFamily == AddressFamily.InterNetwork));
            }
        }
        catch (NetworkInformationException)
        {
            // An interface vanished while it was listed; what was found so far serves until the next announcement.
        }
        return addresses;
    }
}
