using PeerDrive.Model.Members;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Memory;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Sync.Tests.Presence;

public sealed class PresenceTests
{
    [Fact]
    public async Task Who_was_told_of_one_member_is_connected_to_all()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await using var c = new TestNode("c");
        await JoinAllAsync(a, b, c);
        foreach (var node in new[] { a, b, c }) await Soon.UntilAsync("all to be connected", () => node.Engine.Peers().Count(peer => peer.IsConnected) == 2);
        var shown = Of(b, c)!;
        Assert.Equal(("c", "c's person", true), (shown.Name, shown.PersonName, shown.IsOnline));
        Assert.Contains(c.Address, shown.Addresses);
        await Soon.UntilAsync("c's words", () => Of(b, c)!.Shares.Single() is { Role: Role.Writer, Policy: "full", IsInStep: true, Behind: 0, Ahead: 0 });
    }

    [Fact]
    public async Task A_policy_is_told_to_members()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await using var c = new TestNode("c");
        await JoinAllAsync(a, b, c);
        await Soon.UntilAsync("c to know b", () => Of(c, b)?.Shares.Single().Policy == "full");
        b.Engine.SetPolicy(b.Volume.Id, "metadata");
        await Soon.UntilAsync("c to know b's policy", () => Of(c, b)!.Shares.Single().Policy == "metadata");
    }

    [Fact]
    public async Task Who_starts_alone_knows_whom_to_dial_and_who_stops_is_offline_at_once()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await using var c = new TestNode("c");
        await JoinAllAsync(a, b, c);
        await Soon.UntilAsync("c to know b", () => Of(c, b) is { IsConnected: true });
        await a.WriteAsync("after they met", [1]);
        await Soon.UntilAsync("c and b to have it", () => Of(c, b)!.Shares.Single().IsInStep == true && c.Read("after they met") is not null && b.Read("after they met") is not null);
        await b.StopAsync();
        await Soon.UntilAsync("b to be offline", () => Of(c, b) is { IsOnline: false, LastSeen: not null } && Of(a, b) is { IsOnline: false });
        // Nothing was told since all were connected: what counts is what the connection brought.
        Assert.True(Of(c, b)!.Shares.Single().IsInStep);
        await a.StopAsync();
        await c.StopAsync();
        b.Start();
        c.Start();
        await Soon.UntilAsync("c and b to meet without a", () => Of(c, b) is { IsConnected: true });
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_online_through_somebody_who_reaches_it()
    {
        var net = new MemoryPeerNetwork(TimeProvider.System);
        IPeerNetwork Attach(DeviceIdentity identity) => net.Attach(identity.Certificate);
        await using var a = new TestNode("a", network: Attach);
        await using var b = new TestNode("b", network: Attach);
        await using var c = new TestNode("c", network: Attach);
        await JoinAllAsync(a, b, c);
        await Soon.UntilAsync("all to be connected", () => Of(a, c) is { IsConnected: true } && Of(b, c) is { IsConnected: true });
        net.Partition(a.Identity.Device, c.Identity.Device);
        await Soon.UntilAsync("a to see c through b", () => Of(a, c) is { IsConnected: false, IsOnline: true } shown && shown.Via == b.Identity.Device);
        await Soon.UntilAsync("c to see a through b", () => Of(c, a) is { IsConnected: false, IsOnline: true } shown && shown.Via == b.Identity.Device);
        // Who stops tells those that would not see it.
        await c.StopAsync();
        await Soon.UntilAsync("a to see that c stopped", () => Of(a, c) is { IsOnline: false });
        c.Start();
        net.Heal(a.Identity.Device, c.Identity.Device);
        c.Engine.AddAddress(b.Identity.Device, b.Address);
        await Soon.UntilAsync("a and c to meet again", () => Of(a, c) is { IsConnected: true });
    }

    [Fact]
    public async Task A_member_that_is_removed_is_told_nothing_and_of_nobody()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await using var c = new TestNode("c");
        await JoinAllAsync(a, b, c);
        await Soon.UntilAsync("c to know b", () => Of(c, b) is { IsConnected: true });
        await a.Volume.CommitAsync(edit => edit.Administer(new Model.Changesets.Operation.RemoveMember(c.Person.Certificate.Person, [.. a.Volume.Vector.Tips.Where(tip => tip.Author == Model.Identifiers.AuthorId.Of(c.Identity.Device, 0))])), Role.Owner);
        await Soon.UntilAsync("b to forget c", () => Of(b, c) is not { IsOnline: true } && Of(b, c)?.Shares.Count is null or 0);
        b.Engine.SetPolicy(b.Volume.Id, "cache");
        await Soon.UntilAsync("a to know b's policy", () => Of(a, b)!.Shares.Single().Policy == "cache");
        Assert.NotEqual("cache", Of(c, b)?.Shares.SingleOrDefault()?.Policy);
    }

    private static async Task JoinAllAsync(TestNode a, TestNode b, TestNode c)
    {
        await a.CreateVolumeAsync("shared");
        foreach (var node in new[] { b, c })
        {
            await node.JoinAsync(a.Invite());
            await node.UntilAsync(() => node.Volume.OwnRole == Role.Writer);
        }
    }

    private static PeerState? Of(TestNode seer, TestNode seen) => seer.Engine.Peers().SingleOrDefault(peer => peer.Device == seen.Identity.Device);
}
