using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Contents;
using PeerDrive.Storage.Replicas;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Memory;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Sync.Tests.Presence;

/// <summary>A volume of more members than a device connects to.</summary>
public sealed class HolderTests
{
    [Fact]
    public async Task Who_lacks_what_no_connected_member_has_dials_one_that_keeps_all()
    {
        var network = new MemoryPeerNetwork(TimeProvider.System);
        IPeerNetwork Attach(DeviceIdentity identity) => network.Attach(identity.Certificate);
        await using var holder = new TestNode("holder", network: Attach);
        await using var reader = new TestNode("reader", network: Attach);
        var others = Enumerable.Range(0, SyncLimits.ConnectedMembers).Select(i => new TestNode($"other{i}", reader.Person, Attach)).ToList();
        try
        {
            await holder.CreateVolumeAsync("shared");
            await others[0].JoinAsync(holder.Invite(Role.Owner), ReplicaPolicy.Metadata);
            await others[0].UntilAsync(() => others[0].Volume.OwnRole == Role.Owner);
            network.Partition(holder.Identity.Device, reader.Identity.Device);
            foreach (var node in others.Skip(1).Append(reader)) await node.JoinAsync(others[0].Invite(), ReplicaPolicy.Metadata);
            await Soon.UntilAsync("both to be connected to all others", () => Connected(holder) == others.Count && Connected(reader) == others.Count);
            await Soon.UntilAsync("the reader to see the holder", () => Of(reader, holder) is { IsOnline: true, IsConnected: false } peer && peer.Shares.Single().Policy == "full");
            var bytes = new byte[200_000];
            new Random(1).NextBytes(bytes);
            await holder.WriteAsync("file", bytes);
            await reader.UntilAsync(() => reader.Volume.Vector.Equals(holder.Volume.Vector));
            network.Heal(holder.Identity.Device, reader.Identity.Device);
            using var pace = new ReadPace(reader.Volume.Contents, TimeProvider.System);
            var content = reader.Volume.Reader.Find(EntryId.Root, EntryName.Create("file"))!.Shown!.Value.Content;
            reader.Volume.Replica.SetReadWait(TimeSpan.FromMinutes(2));
            await pace.BringAsync(content, 0, bytes.Length, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(bytes, reader.Read("file"));
            Assert.True(Of(reader, holder)!.IsConnected);
        }
        finally
        {
            foreach (var node in others) await node.DisposeAsync();
        }
    }

    private static int Connected(TestNode node) => node.Engine.Peers().Count(peer => peer.IsConnected);

    private static PeerState? Of(TestNode seer, TestNode seen) => seer.Engine.Peers().SingleOrDefault(peer => peer.Device == seen.Identity.Device);
}
