using System.Net;
using PeerDrive.Model.Identifiers;
using PeerDrive.Simulation.Scheduling;
using PeerDrive.Transport.Connections;

namespace PeerDrive.Simulation.Nodes;

/// <summary>The network as one run of a node sees it. The wires live on the network's scheduler, so that they outlive a node that dies.</summary>
internal sealed class NodeNetwork(IPeerNetwork network, SimulatedScheduler wires) : IPeerNetwork
{
    private IPeerListener? listener;

    public IPeerListener Listen(IPEndPoint endPoint) => listener = network.Listen(endPoint);

    public Task<IPeerConnection> ConnectAsync(EndPoint endPoint, DeviceId expected, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => network.ConnectAsync(endPoint, expected, cancellationToken), CancellationToken.None, TaskCreationOptions.None, wires).Unwrap();

    /// <summary>The process is gone, and with it its port.</summary>
    public void Drop()
    {
        if (listener is { } gone) _ = wires.Start(() => gone.DisposeAsync().AsTask());
    }
}
