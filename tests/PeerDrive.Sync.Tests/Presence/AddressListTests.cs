using System.Net;
using PeerDrive.Sync.Sessions;

namespace PeerDrive.Sync.Tests.Presence;

public sealed class AddressListTests
{
    private readonly SteppedTime time = new();

    [Fact]
    public void What_worked_last_is_tried_first_then_what_is_new_then_what_failed_least()
    {
        var list = new AddressList(time);
        for (var i = 1; i <= 4; i++) list.Add(At(i), isSure: true);
        list.Succeeded(At(2));
        list.Failed(At(4));
        list.Failed(At(3));
        list.Failed(At(3));
        Assert.Equal([At(2), At(1), At(4), At(3)], list.InOrder);
    }

    [Fact]
    public void Who_is_seen_at_an_address_is_tried_there_though_it_failed_before()
    {
        var list = new AddressList(time);
        list.Add(At(1), isSure: true);
        list.Add(At(2), isSure: true);
        list.Failed(At(1));
        Assert.False(list.Add(At(1), isSure: false));
        Assert.Equal(At(2), list.InOrder[0]);
        Assert.False(list.Add(At(1), isSure: true));
        Assert.Equal(At(1), list.InOrder[0]);
    }

    [Fact]
    public void An_address_that_fails_often_and_for_long_is_forgotten_but_never_the_last()
    {
        var list = new AddressList(time);
        list.Add(At(1), isSure: false);
        list.Add(At(2), isSure: false);
        for (var i = 0; i < SyncLimits.AddressFailures; i++) list.Failed(At(1));
        Assert.Equal(2, list.InOrder.Count);
        time.Advance(SyncLimits.AddressForgotten);
        list.Failed(At(1));
        Assert.Equal([At(2)], list.InOrder);
        for (var i = 0; i < 2 * SyncLimits.AddressFailures; i++) list.Failed(At(2));
        Assert.Equal([At(2)], list.InOrder);
    }

    [Fact]
    public void A_flood_of_addresses_does_not_drive_out_the_one_that_works()
    {
        var list = new AddressList(time);
        list.Add(At(1), isSure: true);
        list.Succeeded(At(1));
        for (var i = 2; i < 1000; i++) list.Add(At(i), isSure: false);
        Assert.Equal(SyncLimits.AddressesPerDevice, list.InOrder.Count);
        Assert.Equal(At(1), list.InOrder[0]);
    }

    private static IPEndPoint At(int port) => new(IPAddress.Loopback, port);
}
