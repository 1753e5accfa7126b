using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Simulation.Nodes;
using PeerDrive.Simulation.Scheduling;
using PeerDrive.Sync;
using PeerDrive.Transport.Connections.Memory;
using PeerDrive.Transport.Identity;
using Xunit.Abstractions;

namespace PeerDrive.Simulation;

/// <summary>Many devices of which each is told of one, and what they say to each other once they have found all.</summary>
public sealed class PresenceTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Measured = TimeSpan.FromMinutes(30);

    [Fact]
    [Trait("speed", "slow")]
    public void Presence_traffic_of_an_idle_device_does_not_grow_with_their_number()
    {
        var few = Live(30);
        var many = Live(50);
        output.WriteLine($"30 devices: {few}; 50 devices: {many}");
        Assert.InRange(many.Messages, 1, few.Messages * 1.5);
        Assert.InRange(many.Bytes, 1, few.Bytes * 1.5);
        // A message every two seconds is nothing to what keeps connections alive.
        Assert.InRange(many.Messages, 1, 45);
    }

    [Fact]
    public void Devices_that_are_all_connected_say_nothing()
    {
        var five = Live(5);
        Assert.Equal(0, five.Messages);
    }

    /// <returns>Messages and bytes that one device sent a minute, on average.</returns>
    private (double Messages, double Bytes) Live(int count)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"peerdrive-presence-{Environment.ProcessId}-{count}");
        using var person = PersonIdentity.Create("Ann");
        var devices = Enumerable.Range(0, count).Select(i => DeviceIdentity.Create(person, $"device {i}")).ToList();
        var random = new Random(7);
        var world = new World(8);
        var wires = world.NewScheduler();
        long messages = 0, bytes = 0;
        var network = new MemoryPeerNetwork(new SimulatedClock(world, wires))
        {
            Fate = (_, _, length) =>
            {
                messages++;
                bytes += length;
                return new FrameFate(TimeSpan.FromMilliseconds(random.Next(5, 50)));
            },
        };
        var nodes = devices.Select((device, i) => new SimulatedNode(i, device.Key, person.Certificate, world, network, wires, folder, i)).ToList();
        try
        {
            nodes[0].Start(null, []);
            world.Run(TimeSpan.FromSeconds(1));
            var volume = nodes[0].Volume!;
            Await(world, nodes[0].Do(made => made.CommitAsync(edit =>
            {
                foreach (var node in nodes.Skip(1)) edit.Administer(new Operation.Device(node.Key.Certificate));
            })));
            foreach (var node in nodes.Skip(1))
            {
                node.Start(volume.Id, [nodes[0]]);
                world.Run(TimeSpan.FromMilliseconds(200));
                // Who is empty believes only whom it was invited by; here it begins with the log.
                Await(world, node.Do(joined => joined.ApplyAsync(volume.ReadMissing(joined.Vector, int.MaxValue))));
                world.Run(TimeSpan.FromSeconds(1));
            }
            var began = world.Now;
            while (nodes.Exists(node => node.Engine.Peers().Count(peer => peer.IsOnline) < count - 1))
            {
                world.Run(TimeSpan.FromSeconds(1));
                Assert.True(world.Now - began < 10 * TimeSpan.TicksPerMinute, "after ten minutes somebody does not see all");
            }
            output.WriteLine($"{count} devices: the last came, and {TimeSpan.FromTicks(world.Now - began)} later each saw all; {messages} messages by then; connections of one: {nodes.Min(Connections)} to {nodes.Max(Connections)}");
            Assert.InRange(nodes.Max(Connections), 1, SyncLimits.MostConnectedMembers + 1);
            world.Run(TimeSpan.FromMinutes(15));
            (messages, bytes) = (0, 0);
            world.Run(Measured);
            Assert.All(nodes, node => Assert.Equal(count - 1, node.Engine.Peers().Count(peer => peer.IsOnline)));
            Assert.Null(world.Escape);
            return (messages / Measured.TotalMinutes / count, bytes / Measured.TotalMinutes / count);
        }
        finally
        {
            foreach (var node in nodes) node.Bury(powerCut: false, Disks.CatalogFate.Kept);
            Directory.Delete(folder, recursive: true);
            devices.ForEach(device => device.Dispose());
        }
    }

    private static int Connections(SimulatedNode node) => node.Engine.Peers().Count(peer => peer.IsConnected);

    private static void Await(World world, Task task)
    {
        for (var i = 0; i < 100 && !task.IsCompleted; i++) world.Run(TimeSpan.FromMilliseconds(100));
        Assert.True(task.IsCompletedSuccessfully, $"{task.Exception}");
    }
}
