using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Memory;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Transport.Tests.Connections;

public sealed class MemoryPeerNetworkTests : PeerNetworkContract
{
    private readonly MemoryPeerNetwork network = new(TimeProvider.System);

    [Fact]
    public async Task A_partition_breaks_connections_and_refuses_new_ones_until_it_is_healed()
    {
        var (ann, bob) = await ConnectAsync();
        network.Partition(Bob.Device, Ann.Device);
        Assert.Equal(CloseKind.Lost, (await ann.Closed.OrFail()).Kind);
        Assert.Equal(CloseKind.Lost, (await bob.Closed.OrFail()).Kind);
        await Assert.ThrowsAsync<Model.Errors.PeerDriveException>(() => network.Attach(Ann.Certificate).ConnectAsync(ann.RemoteEndPoint, Bob.Device, default).OrFail());
        network.Heal(Ann.Device, Bob.Device);
        await ConnectAsync();
    }

    [Fact]
    public async Task A_frame_can_be_the_one_at_which_the_connection_breaks()
    {
        var frames = 0;
        network.Fate = (_, _, _) => new FrameFate(TimeSpan.Zero, Cut: ++frames == 3);
        var (ann, bob) = await ConnectAsync();
        for (var i = 0; i < 2; i++) await ann.SendAsync(Priority.Control, new byte[] { (byte)i }, default, default).OrFail();
        for (var i = 0; i < 2; i++) (await bob.ReceiveAsync(default).OrFail())!.Dispose();
        await ann.SendAsync(Priority.Control, new byte[] { 2 }, default, default).OrFail();
        Assert.Null(await bob.ReceiveAsync(default).OrFail());
        Assert.Equal(CloseKind.Lost, (await ann.Closed.OrFail()).Kind);
        Assert.Equal(CloseKind.Lost, (await bob.Closed.OrFail()).Kind);
    }

    protected override IPeerNetwork Attach(DeviceIdentity device) => network.Attach(device.Certificate);
}
