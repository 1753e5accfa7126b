using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Sync.Tests.Presence;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Memory;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Sync.Tests.Copies;

/// <summary>Contents are brought to as many other devices as the volume asks for.</summary>
public sealed class CopyTests
{
    private const int Files = 8;

    private readonly MemoryPeerNetwork network = new(TimeProvider.System);

    [Fact]
    public async Task What_one_makes_comes_to_lie_on_as_many_others_and_what_one_frees_on_another()
    {
        await using var a = Node("a");
        await using var b = Node("b");
        await using var c = Node("c");
        await using var d = Node("d");
        TestNode[] caches = [b, c, d];
        await JoinAsync(a, ReplicaPolicy.Cache(20_000_000), caches);
        a.Volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
        await SetCopiesAsync(a, "2");
        for (var i = 0; i < Files; i++) await a.WriteAsync($"file{i}", RandomBytes(200_000, i));
        await SettledAsync(a, Files, few: 0);
        foreach (var i in Enumerable.Range(0, Files)) Assert.Equal(2, caches.Count(node => Has(node, i)));
        Assert.All(caches, node => Assert.Equal((0, 0), node.Volume.MissingTotals()));

        var (had, other) = (caches.First(node => Has(node, 0)), caches.First(node => !Has(node, 0)));
        var document = had.Volume.Reader.Find(EntryId.Root, EntryName.Create("file0"))!.Document;
        var released = await had.Engine.ReleaseAsync(had.Volume, new HashSet<DocumentId> { document }, [ContentOf(had, 0)], new HashSet<ChunkId>(), CancellationToken.None);
        Assert.Single(released.Gone);
        Assert.Equal([false], had.Engine.TakeCopies(had.Volume, [ContentOf(had, 0)]));
        await Soon.UntilAsync("another one to have what was freed", () => Has(other, 0));
        await SettledAsync(a, Files, few: 0);
        // It was dropped there by a person, and is not brought back.
        Assert.False(Has(had, 0));
        Assert.Equal(RandomBytes(200_000, 0), other.Read("file0"));
    }

    [Fact]
    public async Task A_member_that_is_removed_is_replaced()
    {
        await using var a = Node("a");
        await using var b = Node("b");
        await using var c = Node("c");
        TestNode[] caches = [b, c];
        await JoinAsync(a, ReplicaPolicy.Cache(20_000_000), caches);
        await SetCopiesAsync(a, "1");
        for (var i = 0; i < Files; i++) await a.WriteAsync($"file{i}", RandomBytes(100_000, i));
        await SettledAsync(a, Files, few: 0);
        foreach (var i in Enumerable.Range(0, Files)) Assert.Equal(1, caches.Count(node => Has(node, i)));
        var (gone, stays) = Has(b, 0) ? (b, c) : (c, b);
        await a.Volume.CommitAsync(edit => edit.RemoveMember(gone.Person.Certificate.Person), Role.Owner);
        await Soon.UntilAsync("the other one to have all", () => Enumerable.Range(0, Files).All(i => Has(stays, i)));
        await SettledAsync(a, Files, few: 0);
    }

    [Fact]
    public async Task Quotas_hold_and_what_nobody_has_room_for_is_told()
    {
        await using var a = Node("a");
        await using var b = Node("b");
        await using var c = Node("c");
        TestNode[] caches = [b, c];
        await JoinAsync(a, ReplicaPolicy.Cache(2_000_000), caches);
        await SetCopiesAsync(a, "1");
        for (var i = 0; i < Files; i++) await a.WriteAsync($"file{i}", RandomBytes(400_000, i));
        await SettledAsync(a, Files, few: Files - 4);
        Assert.Equal((Files - 4) * 400_000L, a.Engine.CopiesState(a.Volume.Id)!.ShortBytes);
        Assert.All(caches, node => Assert.InRange(node.Volume.Contents.Chunks.DiskBytes(), 800_000, 1_000_000));
        // More room: it comes at once.
        b.Volume.Replica.SetPolicy(ReplicaPolicy.Full);
        await SettledAsync(a, Files, few: 0);
    }

    [Fact]
    public async Task Nothing_is_brought_anywhere_while_no_number_is_asked_for()
    {
        await using var a = Node("a");
        await using var b = Node("b");
        await JoinAsync(a, ReplicaPolicy.Cache(20_000_000), b);
        await a.WriteAsync("file0", RandomBytes(100_000, 0));
        await b.UntilAsync(() => b.Volume.Vector.Equals(a.Volume.Vector));
        Assert.Null(a.Engine.CopiesState(a.Volume.Id));
        await SetCopiesAsync(a, "1");
        await SettledAsync(a, 1, few: 0);
        Assert.True(Has(b, 0));
        foreach (var wrong in new[] { "", "0", "-1", "17", "two", "1e1", "99999999999" })
        {
            await SetCopiesAsync(a, wrong);
            Assert.Null(a.Volume.Copies);
        }
        await Soon.UntilAsync("nothing to be counted", () => a.Engine.CopiesState(a.Volume.Id) is null);
    }

    [Fact]
    public async Task A_device_that_confirms_what_it_has_not_counts_as_one_copy_and_no_more()
    {
        await using var a = Node("a");
        await using var b = Node("b");
        await JoinAsync(a, ReplicaPolicy.Cache(20_000_000), b);
        await using var eve = await LyingPeer.ConnectAsync(a, identity => network.Attach(identity.Certificate), HaveAnswer.Has);
        await SetCopiesAsync(a, "2");
        await a.WriteAsync("file0", RandomBytes(100_000, 0));
        await SettledAsync(a, 1, few: 0);
        Assert.True(Has(b, 0));
        // What has copies enough is not asked after again.
        Assert.InRange(eve.Asked, 1, 10);
    }

    [Fact]
    public async Task Only_a_cache_takes_in_and_only_what_the_volume_has()
    {
        await using var a = Node("a");
        await using var b = Node("b");
        await JoinAsync(a, ReplicaPolicy.Metadata, b);
        await using var eve = await HostilePeer.CreateAsync(a, Role.Reader, identity => network.Attach(identity.Certificate));
        await a.WriteAsync("file0", RandomBytes(100_000, 0));
        await b.UntilAsync(() => b.Volume.Vector.Equals(a.Volume.Vector));
        var content = ContentOf(b, 0);
        Content[] asked = [content, content with { Size = content.Size + 1 }, content with { Root = Id.Hash<ChunkId>([1]) }, content];
        Assert.Equal(new bool[4], b.Volume.Replica.Take(asked, b.Volume.Contents).Takes);
        b.Volume.Replica.SetPolicy(ReplicaPolicy.Cache(20_000_000));
        // The volume asks for no copies.
        Assert.Equal(new bool[4], b.Engine.TakeCopies(b.Volume, asked));
        await b.StopAsync();
        Assert.Equal([true, false, false, true], b.Volume.Replica.Take(asked, b.Volume.Contents).Takes);
        Assert.Equal((1, (long)content.Size), b.Volume.MissingTotals());
        b.Volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
        Assert.Equal((0, 0), b.Volume.MissingTotals());

        var query = new HaveQuery { Volume = MessageCodec.Bytes(a.Volume.Id), Wish = (uint)HaveWish.Keep, Contents = { asked.Select(each => new WholeContent { Root = MessageCodec.Bytes(each.Root), Depth = each.Depth, Size = each.Size }) } };
        var state = new Message { State = MessageCodec.State(eve.Volume.Id, eve.Volume.Vector, replyWanted: false) };
        var answer = await eve.AskAsync(Message.KindOneofCase.Have, state, new Message { HaveQuery = query });
        Assert.Equal([1, 0, 0, 1], answer.Have.Held.ToByteArray().Select(each => (int)each));
    }

    private TestNode Node(string name) => new(name, network: Attach);

    private IPeerNetwork Attach(DeviceIdentity identity) => network.Attach(identity.Certificate);

    private static async Task JoinAsync(TestNode a, ReplicaPolicy policy, params TestNode[] others)
    {
        await a.CreateVolumeAsync("Shared");
        foreach (var node in others)
        {
            await node.JoinAsync(a.Invite(), policy);
            await node.UntilAsync(() => node.Volume.OwnRole == Role.Writer);
        }
        await Soon.UntilAsync("all to know all", () => others.All(node => node.Engine.Peers().Count(peer => peer.IsConnected) == others.Length)
            && a.Engine.Peers().Count(peer => peer.IsConnected && peer.Shares.Single().Policy == policy.Name) == others.Length);
    }

    private static Task SetCopiesAsync(TestNode node, string copies) =>
        node.Volume.CommitAsync(edit => edit.Administer(new Model.Changesets.Operation.Setting(VolumeSettings.Copies, copies)), Role.Owner);

    private static Task SettledAsync(TestNode node, int files, int few) => Soon.UntilAsync($"{few} of {files} files to have too few copies", () =>
        node.Engine.CopiesState(node.Volume.Id) is { IsCounted: true, Taken: 0 } state && (state.Watched, state.Short) == (files, few));

    private static Content ContentOf(TestNode node, int i) => node.Volume.Reader.Find(EntryId.Root, EntryName.Create($"file{i}"))!.Shown!.Value.Content;

    private static bool Has(TestNode node, int i) =>
        node.Volume.Reader.Find(EntryId.Root, EntryName.Create($"file{i}")) is { Shown.Content: var content } && node.Volume.Replica.VouchesFor(content, node.Volume.Contents);

    private static byte[] RandomBytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
