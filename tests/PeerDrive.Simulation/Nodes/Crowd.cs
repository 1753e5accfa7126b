using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Simulation.Disks;
using PeerDrive.Simulation.Scheduling;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync;
using PeerDrive.Transport.Connections.Memory;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Simulation.Nodes;

/// <summary>Many devices of one person in one volume, of which each was told of the first, and a count of what they say to each other.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly string folder;
    private readonly List<DeviceIdentity> devices;
    private readonly PersonIdentity person = PersonIdentity.Create("Ann");

    /// <param name="delay">How long a frame takes from one to another, by their places in <see cref="Nodes"/>; null: what chance makes of it.</param>
    public Crowd(int count, Func<int, int, TimeSpan>? delay = null)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        Count = count;
        folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"peerdrive-crowd-{Guid.NewGuid():n}");
        devices = [.. Enumerable.Range(0, count).Select(i => DeviceIdentity.Create(person, $"device {i}"))];
        var random = new Random(7);
        var wires = World.NewScheduler();
        Network = new MemoryPeerNetwork(new SimulatedClock(World, wires))
        {
            Fate = (from, to, length) =>
            {
                Messages++;
                Bytes += length;
                return new FrameFate(delay?.Invoke(PlaceOf(from), PlaceOf(to)) ?? TimeSpan.FromMilliseconds(random.Next(5, 50)));
            },
        };
        Nodes = [.. devices.Select((device, i) => new SimulatedNode(i, device.Key, person.Certificate, World, Network, wires, folder, i))];
    }

    public int Count { get; }

    public World World { get; } = new(8);

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public MemoryPeerNetwork Network { get; }

    public long Messages { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The fewest and the most connections that a device has.</summary>
    public (int Least, int Most) Connections => (Nodes.Min(CountOf), Nodes.Max(CountOf));

    /// <summary>Starts one after another, until each sees all.</summary>
    /// <returns>How long after the last came that was.</returns>
    public TimeSpan Gather()
    {
        Nodes[0].Start(null, []);
        World.Run(TimeSpan.FromSeconds(1));
        var volume = Nodes[0].Volume!;
        Await(Nodes[0].Do(made => made.CommitAsync(edit =>
        {
            foreach (var node in Nodes.Skip(1)) edit.Administer(new Operation.Device(node.Key.Certificate));
        })));
        foreach (var node in Nodes.Skip(1))
        {
            node.Start(volume.Id, [Nodes[0]]);
            World.Run(TimeSpan.FromMilliseconds(200));
            // Who is empty believes only whom it was invited by; here it begins with the log.
            Await(node.Do(joined => joined.ApplyAsync(volume.ReadMissing(joined.Vector, int.MaxValue))));
            World.Run(TimeSpan.FromSeconds(1));
        }
        var gathered = RunUntil("each to see all", TimeSpan.FromSeconds(1), () => Nodes.All(node => node.Engine.Peers().Count(peer => peer.IsOnline) == Count - 1));
        Assert.InRange(Connections.Most, 1, SyncLimits.MostConnectedMembers + 1);
        return gathered;
    }

    /// <summary>Forgets what was counted.</summary>
    public void CountAnew() => (Messages, Bytes) = (0, 0);

    /// <summary>Does something on a device, and has the world go on until it is done.</summary>
    public void Do(int node, Func<Volume, Task> work) => Await(Nodes[node].Do(work));

    /// <returns>How long it took.</returns>
    public TimeSpan RunUntil(string what, TimeSpan pace, Func<bool> condition)
    {
        var began = World.Now;
        while (!condition())
        {
            World.Run(pace);
            Assert.True(World.Now - began < 10 * TimeSpan.TicksPerMinute, $"waited ten minutes in vain for {what}");
        }
        return TimeSpan.FromTicks(World.Now - began);
    }

    public void Dispose()
    {
        foreach (var node in Nodes) node.Bury(powerCut: false, CatalogFate.Kept);
        Directory.Delete(folder, recursive: true);
        devices.ForEach(device => device.Dispose());
        person.Dispose();
    }

    private int PlaceOf(DeviceId device) => devices.FindIndex(each => each.Device == device);

    private static int CountOf(SimulatedNode node) => node.Engine.Peers().Count(peer => peer.IsConnected);

    private void Await(Task task)
    {
        for (var i = 0; i < 100 && !task.IsCompleted; i++) World.Run(TimeSpan.FromMilliseconds(100));
        Assert.True(task.IsCompletedSuccessfully, $"{task.Exception}");
    }
}
