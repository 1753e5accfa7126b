using System.Net;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;

namespace PeerDrive.Transport.Connections.Memory;

/// <summary>
/// A network inside the process, for simulations: every device attaches to it and sees an <see cref="IPeerNetwork"/>. All its work runs on
/// the scheduler of who dials, and waits only by the given time provider, so that one thread and one seed replay exactly. Deterministic
/// when used from one scheduler; safe from several.
/// </summary>
public sealed class MemoryPeerNetwork(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<IPEndPoint, MemoryListener> listeners = [];
    private readonly List<MemoryPeerConnection> dialled = [];
    private readonly HashSet<(DeviceId, DeviceId)> partitions = [];
    private int nextPort = 40_000;

    /// <summary>Asked for each frame of the layers above, with its length on the wire; null delivers at once.</summary>
    public Func<DeviceId, DeviceId, int, FrameFate>? Fate { get; set; }

    /// <summary>The network as the device with this certificate sees it.</summary>
    public IPeerNetwork Attach(DeviceCertificate device) => new View(this, device);

    /// <summary>Breaks the connections between two devices, and refuses new ones until they are healed.</summary>
    public void Partition(DeviceId one, DeviceId other)
    {
        lock (gate) partitions.Add(Pair(one, other));
        Break(one, other);
    }

    public void Heal(DeviceId one, DeviceId other)
    {
        lock (gate) partitions.Remove(Pair(one, other));
    }

    /// <summary>Breaks the connections between two devices, which may dial again at once.</summary>
    public void Break(DeviceId one, DeviceId other) =>
        Break(connection => Pair(connection.Remote, connection.Twin.Remote) == Pair(one, other));

    /// <summary>Breaks every connection of a device, as when it loses power.</summary>
    public void Break(DeviceId device) => Break(connection => connection.Remote == device || connection.Twin.Remote == device);

    internal FrameFate FateOf(DeviceId from, DeviceId to, int bytes) => Fate?.Invoke(from, to, bytes) ?? default;

    internal void Forget(MemoryPeerConnection connection)
    {
        lock (gate) dialled.Remove(connection);
    }

    internal void Forget(MemoryListener listener)
    {
        lock (gate) listeners.Remove(listener.LocalEndPoint);
    }

    private static (DeviceId, DeviceId) Pair(DeviceId one, DeviceId other) => one.CompareTo(other) < 0 ? (one, other) : (other, one);

    private void Break(Func<MemoryPeerConnection, bool> which)
    {
        MemoryPeerConnection[] broken;
        lock (gate) broken = [.. dialled.Where(which)];
        foreach (var connection in broken)
        {
            connection.Stop(new CloseReason(CloseKind.Lost, "the connection broke"));
            connection.Twin.Stop(new CloseReason(CloseKind.Lost, "the connection broke"));
        }
    }

    private MemoryListener Listen(DeviceCertificate device, IPEndPoint endPoint)
    {
        lock (gate)
        {
            var chosen = endPoint.Port == 0 ? new IPEndPoint(endPoint.Address, nextPort++) : endPoint;
            var listener = new MemoryListener(this, device, chosen);
            return listeners.TryAdd(chosen, listener)
                ? listener
                : throw new PeerDriveException(ErrorKind.Busy, $"{chosen} is in use; choose another port.");
        }
    }

    private async Task<IPeerConnection> ConnectAsync(DeviceCertificate from, EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Yield();
        lock (gate)
        {
            if (endPoint is not IPEndPoint place || !listeners.TryGetValue(place, out var listener) || partitions.Contains(Pair(from.Device, listener.Device.Device)))
                throw new PeerDriveException(ErrorKind.Unreachable, $"{endPoint} cannot be reached.");
            if (listener.Device.Device != expected)
                throw new PeerDriveException(ErrorKind.Forbidden, $"The device at {endPoint} is {DeviceIdText.Format(listener.Device.Device)}, not {DeviceIdText.Format(expected)}.");
            var caller = new IPEndPoint(place.Address, nextPort++);
            var near = new MemoryPeerConnection(this, listener.Device, place, isDialled: true, time);
            var far = new MemoryPeerConnection(this, from, caller, isDialled: false, time);
            near.Join(far);
            dialled.Add(near);
            listener.Offer(far);
            return near;
        }
    }

    private sealed class View(MemoryPeerNetwork network, DeviceCertificate device) : IPeerNetwork
    {
        public IPeerListener Listen(IPEndPoint endPoint) => network.Listen(device, endPoint);

        public Task<IPeerConnection> ConnectAsync(EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken) =>
            network.ConnectAsync(device, endPoint, expected, cancellationToken);
    }
}
