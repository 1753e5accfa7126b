using PeerDrive.Simulation.Nodes;

namespace PeerDrive.Simulation;

/// <summary>Many devices of which each is told of one, and what they say to each other once they have found all.</summary>
public sealed class PresenceTests
{
    private static readonly TimeSpan Measured = TimeSpan.FromMinutes(30);

    [Fact]
    [Trait("speed", "slow")]
    public void Presence_traffic_of_an_idle_device_does_not_grow_with_their_number()
    {
        var few = Live(30);
        foreach (var count in Environment.GetEnvironmentVariable("PEERDRIVE_TEST_FULL") is null ? [50] : new[] { 50, 100 })
        {
            var many = Live(count);
            Assert.InRange(many.Messages, 1, few.Messages * 1.5);
            Assert.InRange(many.Bytes, 1, few.Bytes * 1.5);
            // A message every two seconds is nothing to what keeps connections alive.
            Assert.InRange(many.Messages, 1, 45);
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(25)]
    public void Devices_that_are_all_connected_say_nothing(int count)
    {
        Assert.Equal(0, Live(count).Messages);
    }

    /// <returns>Messages and bytes that one device sent a minute, on average.</returns>
    private static (double Messages, double Bytes) Live(int count)
    {
        using var crowd = new Crowd(count);
        var gathered = crowd.Gather();
        Console.WriteLine($"presence: {count} devices: the last came, and {gathered} later each saw all; {crowd.Messages} messages by then; connections of one: {crowd.Connections.Least} to {crowd.Connections.Most}");
        crowd.World.Run(TimeSpan.FromMinutes(15));
        crowd.CountAnew();
        crowd.World.Run(Measured);
        Assert.All(crowd.Nodes, node => Assert.Equal(count - 1, node.Engine.Peers().Count(peer => peer.IsOnline)));
        Assert.Null(crowd.World.Escape);
        var (messages, bytes) = (crowd.Messages / Measured.TotalMinutes / count, crowd.Bytes / Measured.TotalMinutes / count);
        Console.WriteLine($"presence: {count} idle devices: each sends {messages:F1} messages and {bytes:F0} bytes a minute");
        return (messages, bytes);
    }
}
