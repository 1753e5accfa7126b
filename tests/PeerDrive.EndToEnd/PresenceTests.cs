using System.Diagnostics;
using PeerDrive.Client.Contracts;

namespace PeerDrive.EndToEnd;

/// <summary>Nodes on machines of their own, as far as the network goes.</summary>
[Trait("speed", "slow")]
public sealed class PresenceTests
{
    private const int Count = 5;

    /// <summary>How much longer than on a quiet machine anything may take.</summary>
    private static readonly int Patience = TestSize.Of(3, 1);

    [Fact]
    public async Task Who_knows_one_address_finds_all_and_who_is_cut_off_shows_and_comes_back()
    {
        using var spaces = Namespaces.TryMake(Count);
        if (spaces is null) return;
        using var directories = new Directories();
        var nodes = new List<RunningNode>();
        try
        {
            for (var i = 0; i < Count; i++) nodes.Add(await RunningNode.StartInAsync(spaces.Name(i), directories.Path($"node{i}"), "--name", $"device{i}"));
            await nodes[0].Client.CreateVolumeAsync(new CreateVolume("shared", WithRecoveryKey: false), CancellationToken.None);
            var written = directories.New("target0");
            await nodes[0].Client.LinkAsync(new CreateLink("shared", "/", written, "keep", [], Force: false), CancellationToken.None);
            for (var i = 1; i < Count - 1; i++)
            {
                await nodes[i].JoinAsync(await nodes[i - 1].InviteAsync("owner"), directories.New($"target{i}"));
                await nodes[i].UntilAsync("the rights", status => status.Volumes is [{ Role: "owner" }]);
            }
            foreach (var node in nodes.Take(Count - 1)) await node.UntilAsync("all before the last", status => status.Peers.Count(peer => peer.IsOnline) == Count - 2);

            // The last one is told of the third alone.
            var ticket = await nodes[2].InviteAsync();
            var newcomer = nodes[^1];
            await newcomer.JoinAsync(ticket, directories.New($"target{Count - 1}"));
            var clock = Stopwatch.StartNew();
            await newcomer.UntilAsync("the newcomer to list all", status => status.Peers.Count(peer => peer.IsOnline) == Count - 1);
            Tell($"a newcomer lists all after {clock.Elapsed.TotalSeconds:F1} s");
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, Patience * TimeSpan.FromSeconds(5));
            foreach (var node in nodes) await node.UntilAsync("all to list all, connected", status => status.Peers.Count(peer => peer.IsConnected) == Count - 1);
            Tell($"all are connected to all after {clock.Elapsed.TotalSeconds:F1} s");
            var peers = (await newcomer.Client.StatusAsync(CancellationToken.None)).Peers;
            Assert.All(peers, peer => Assert.Equal(("shared", "owner", "full"), (peer.Shares.Single().Name, peer.Shares.Single().Role, peer.Shares.Single().Policy)));
            Assert.All(peers, peer => Assert.Contains(peer.Addresses, address => address.StartsWith(spaces.Subnet, StringComparison.Ordinal)));
            await newcomer.UntilAsync("all in step", status => status.Peers.All(peer => peer.Shares.Single().IsInStep == true));

            spaces.SetLink(1, isUp: false);
            clock.Restart();
            foreach (var node in nodes.Where(node => node != nodes[1])) await node.UntilAsync("the one that was cut off to show", status => Of(status, "device1") is { IsOnline: false });
            Tell($"one that was cut off is offline after {clock.Elapsed.TotalSeconds:F1} s");
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, Patience * TimeSpan.FromSeconds(10));
            await nodes[1].UntilAsync("the one that was cut off to be alone", status => status.Peers.All(peer => !peer.IsOnline));
            var before = clock.Elapsed;
            File.WriteAllText(Path.Combine(written, "meanwhile"), "1");
            foreach (var node in new[] { nodes[2], nodes[3], nodes[4] }) await node.UntilAsync("the others to go on", status => status.Volumes[0].Files == 1 && status.Volumes[0].IsInSync);
            Tell($"what is written meanwhile is with the others after {(clock.Elapsed - before).TotalSeconds:F1} s");
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(40));

            spaces.SetLink(1, isUp: true);
            clock.Restart();
            await nodes[1].UntilAsync("the one that is back to be in step", status => status.Volumes[0].Files == 1 && status.Volumes[0].MissingContents == 0 && status.Peers.Any(peer => peer.IsConnected));
            Tell($"one that is back is in step after {clock.Elapsed.TotalSeconds:F1} s");
            foreach (var node in nodes) await node.UntilAsync("all to be online again", status => status.Peers.Count(peer => peer.IsOnline) == Count - 1);
            Tell($"and all see all after {clock.Elapsed.TotalSeconds:F1} s");
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    private static PeerStatus? Of(NodeStatus status, string name) => status.Peers.SingleOrDefault(peer => peer.Name == name);

    private static void Tell(string what) => Console.WriteLine($"presence: {what}");
}
