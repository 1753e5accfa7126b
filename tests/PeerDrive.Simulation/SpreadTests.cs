using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Revisions;
using PeerDrive.Simulation.Nodes;

namespace PeerDrive.Simulation;

/// <summary>What it takes until many devices have what one of them changed.</summary>
public sealed class SpreadTests
{
    private const int Devices = 50;

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(20 << 10)]
    [Trait("speed", "slow")]
    public void One_changed_file_goes_to_fifty_devices_for_little_more_than_its_bytes_to_each(int size)
    {
        using var crowd = new Crowd(Devices);
        crowd.Gather();
        EntryId entry = default;
        crowd.Do(0, volume => volume.CommitAsync(edit => entry = edit.Create(EntryId.Root, EntryName.Create("file"), State(volume.Contents.Store(Bytes(size, 1)))).Id));
        crowd.RunUntil("all to have the file", TimeSpan.FromSeconds(1), () => AllHave(crowd, 0));
        crowd.World.Run(TimeSpan.FromMinutes(15));

        // What presence says meanwhile is not the change's.
        crowd.CountAnew();
        crowd.World.Run(TimeSpan.FromMinutes(10));
        var idle = (Messages: crowd.Messages / 600.0, Bytes: crowd.Bytes / 600.0);
        crowd.CountAnew();
        crowd.Do(7, volume => volume.CommitAsync(edit => edit.Revise(entry, State(volume.Contents.Store(Bytes(size, 2))))));
        var took = crowd.RunUntil("all to have the change", TimeSpan.FromMilliseconds(20), () => AllHave(crowd, 7));
        var (messages, bytes) = (crowd.Messages, crowd.Bytes);
        // And what it is followed by: each says in time what it has now.
        var settled = TimeSpan.FromSeconds(60);
        crowd.World.Run(settled);
        var (allMessages, allBytes) = (crowd.Messages - (idle.Messages * settled.TotalSeconds), crowd.Bytes - (idle.Bytes * settled.TotalSeconds));
        var ideal = (double)(Devices - 1) * size;
        Console.WriteLine($"spread: {size / 1024} KiB changed on one of {Devices} devices: all have it after {took.TotalSeconds:F2} s, {messages} messages and {bytes / 1e6:F2} MB: {bytes / ideal:F3} times 49 copies; "
            + $"a minute later {allMessages:F0} messages and {allBytes / 1e6:F2} MB ({allBytes / ideal:F3} times), beside {idle.Messages * 60:F0} messages and {idle.Bytes * 60 / 1e3:F0} kB a minute of presence");
        Assert.Null(crowd.World.Escape);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        // Beside its bytes each device tells all others what it has now: 64 kB for each, however large the change is.
        Assert.InRange(bytes, ideal, size >= 1 << 20 ? ideal * 1.2 : ideal * 4);
    }

    [Fact]
    public void What_comes_through_a_device_in_between_comes_as_soon_as_that_has_it()
    {
        // The one in between is far from the first and near to the last, which so asks it for contents before it has any.
        using var crowd = new Crowd(3, (from, to) => TimeSpan.FromMilliseconds(from == 0 || to == 0 ? 400 : 10));
        crowd.Gather();
        crowd.Network.Partition(crowd.Nodes[0].Key.Device, crowd.Nodes[2].Key.Device);
        crowd.World.Run(TimeSpan.FromMinutes(1));
        crowd.Do(0, volume => volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("file"), State(volume.Contents.Store(Bytes(3 << 20, 1))))));
        var took = crowd.RunUntil("all to have the file", TimeSpan.FromMilliseconds(100), () => AllHave(crowd, 0));
        Assert.Null(crowd.World.Escape);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    private static bool AllHave(Crowd crowd, int maker)
    {
        var vector = crowd.Nodes[maker].Volume!.Vector;
        return crowd.Nodes.All(node => node.Volume!.Vector.Equals(vector) && node.Volume.MissingTotals().Contents == 0);
    }

    private static RevisionState State(Content content) => new() { Kind = DocumentKind.File, Mode = 0x1A4, Content = content };

    private static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
