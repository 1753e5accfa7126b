using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Replicas;
using PeerDrive.Sync.Fetching;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;

namespace PeerDrive.Sync.Tests.Fetching;

/// <summary>Dropping what others confirm to have.</summary>
public sealed class ReleasingTests
{
    private static readonly HashSet<ChunkId> Nothing = [];

    [Fact]
    public async Task What_another_confirmed_is_dropped_and_read_from_there_again()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var (content, bytes) = await SetUpAsync(a, b);
        var released = await ReleaseAsync(b, content);
        Assert.Equal([content], released.Gone);
        Assert.True(released.Bytes > bytes.Length / 2);
        Assert.NotEmpty(b.Volume.Contents.Missing(content, 1));
        Assert.Equal((0, 0), b.Volume.MissingTotals());
        using var pace = new Storage.Contents.ReadPace(b.Volume.Contents, TimeProvider.System);
        await pace.BringAsync(content, 0, bytes.Length, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(bytes, b.Read("file"));
    }

    [Fact]
    public async Task What_nobody_confirms_stays()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var (content, bytes) = await SetUpAsync(a, b);
        // The only other one has dropped it.
        Assert.Single((await ReleaseAsync(b, content)).Gone);
        var released = await ReleaseAsync(a, content);
        Assert.Empty(released.Gone);
        Assert.Empty(Assert.Single(released.Kept).Devices);
        Assert.Equal(bytes, a.Read("file"));
        await b.StopAsync();
        Assert.Empty((await ReleaseAsync(a, content)).Gone);
    }

    [Fact]
    public async Task What_came_while_the_rest_was_made_durable_is_not_told_of_before_it_is_so_too()
    {
        var disk = new SyncWatch(new RealDisk());
        await using var asked = new TestNode("asked") { Disk = disk };
        await asked.CreateVolumeAsync("Shared");
        await using var asker = await HostilePeer.CreateAsync(asked, Role.Writer);
        byte[] early = [1, 2, 3], late = [4, 5, 6];
        var content = asked.Volume.Contents.Store(early);
        disk.OnSync = () =>
        {
            disk.OnSync = null;
            asked.Volume.Contents.Store(late);
        };
        var query = new HaveQuery { Volume = MessageCodec.Bytes(asked.Volume.Id), Request = 1 };
        query.Contents.AddRange([Whole(content), Whole(content with { Root = Id.Hash<ChunkId>(late) })]);
        var state = new Message { State = MessageCodec.State(asker.Volume.Id, asker.Volume.Vector, replyWanted: false, checkpointWanted: false) };
        var answer = await asker.AskAsync(Message.KindOneofCase.Have, state, new Message { HaveQuery = query });
        Assert.Equal([(byte)HaveAnswer.Has, 0], answer.Have.Held.ToByteArray());
        Assert.NotEmpty(disk.Unsynced);

        static WholeContent Whole(Content of) => new() { Root = MessageCodec.Bytes(of.Root), Depth = of.Depth, Size = of.Size };
    }

    [Fact]
    public async Task Of_two_that_drop_at_once_one_keeps_it()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var (content, bytes) = await SetUpAsync(a, b);
        var both = await Task.WhenAll(ReleaseAsync(a, content), ReleaseAsync(b, content));
        Assert.True(both.Sum(released => released.Gone.Count) <= 1);
        Assert.True(a.Volume.Contents.Missing(content, 1).Count == 0 || b.Volume.Contents.Missing(content, 1).Count == 0);
        Assert.Contains(bytes, new[] { a.Read("file"), b.Read("file") });
    }

    [Fact]
    public async Task More_copies_are_needed_when_the_volume_asks_for_them()
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        var (content, _) = await SetUpAsync(a, b);
        await a.Volume.CommitAsync(edit => edit.Administer(new Model.Changesets.Operation.Setting(Storage.Volumes.VolumeSettings.Copies, "2")), Role.Owner);
        await b.UntilAsync(() => b.Volume.Setting(Storage.Volumes.VolumeSettings.Copies) == "2");
        var released = await ReleaseAsync(b, content);
        Assert.Empty(released.Gone);
        Assert.Equal(["a"], Assert.Single(released.Kept).Devices);
        Assert.Equal(2, released.Needed);
    }

    [Theory]
    [InlineData("too few")]
    [InlineData("not here")]
    public async Task An_answer_that_is_none_confirms_nothing(string what)
    {
        await using var a = new TestNode("a");
        await a.CreateVolumeAsync("Shared");
        var content = (await a.WriteAsync("file", RandomBytes(100_000, 2))).Shown!.Value.Content;
        await using var eve = await HostilePeer.CreateAsync(a, Role.Writer);
        await using var connection = await eve.ConnectAsync();
        var answering = Task.Run(async () =>
        {
            await SendAsync(eve.Hello());
            await SendAsync(new Message { State = MessageCodec.State(eve.Volume.Id, eve.Volume.Vector, replyWanted: false, checkpointWanted: false) });
            while (await connection.ReceiveAsync(CancellationToken.None) is { } frame)
            {
                using (frame)
                {
                    var message = MessageCodec.Decode(frame.Message);
                    if (message.KindCase != Message.KindOneofCase.HaveQuery) continue;
                    var held = what == "too few" ? [] : new byte[message.HaveQuery.Contents.Count];
                    await SendAsync(new Message { Have = new Have { Volume = message.HaveQuery.Volume, Request = message.HaveQuery.Request, Held = Google.Protobuf.ByteString.CopyFrom(held) } });
                }
            }
        });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (a.Engine.Peers().All(peer => peer.Volumes.Count == 0)) await timer.WaitForNextTickAsync();
        var released = await ReleaseAsync(a, content);
        Assert.Empty(released.Gone);
        Assert.Equal(what == "too few" ? ["eve"] : [], released.Silent);
        await connection.CloseAsync(new Transport.Connections.CloseReason(Transport.Connections.CloseKind.Done, "enough"));
        await answering;

        ValueTask SendAsync(Message message) => connection.SendAsync(Transport.Framing.Priority.Control, Google.Protobuf.MessageExtensions.ToByteArray(message), default, CancellationToken.None);
    }

    [Fact]
    public async Task A_question_for_too_much_ends_the_connection()
    {
        await using var a = new TestNode("a");
        await a.CreateVolumeAsync("Shared");
        await using var eve = await HostilePeer.CreateAsync(a, Role.Writer);
        var query = new HaveQuery { Volume = MessageCodec.Bytes(a.Volume.Id) };
        for (var i = 0; i <= SyncLimits.HaveContents; i++) query.Contents.Add(new WholeContent { Root = Google.Protobuf.ByteString.CopyFrom(new byte[32]), Depth = 1, Size = 1 });
        Assert.Equal(Transport.Connections.CloseKind.Protocol, (await eve.AttackAsync(hello: true, new Message { HaveQuery = query })).Kind);
        var odd = new HaveQuery { Volume = MessageCodec.Bytes(a.Volume.Id), Contents = { new WholeContent { Root = Google.Protobuf.ByteString.CopyFrom(1, 2), Depth = uint.MaxValue, Size = ulong.MaxValue } } };
        var state = new Message { State = MessageCodec.State(eve.Volume.Id, eve.Volume.Vector, replyWanted: false, checkpointWanted: false) };
        Assert.Equal(Transport.Connections.CloseKind.Protocol, (await eve.AttackAsync(hello: true, state, new Message { HaveQuery = odd })).Kind);
    }

    private static Task<Released> ReleaseAsync(TestNode node, Content content)
    {
        var document = node.Volume.Reader.Find(EntryId.Root, EntryName.Create("file"))!.Document;
        return node.Engine.ReleaseAsync(node.Volume, new HashSet<DocumentId> { document }, [content], Nothing, CancellationToken.None);
    }

    private static async Task<(Content Content, byte[] Bytes)> SetUpAsync(TestNode a, TestNode b)
    {
        var bytes = RandomBytes(3_000_000, 1);
        await a.CreateVolumeAsync("Shared");
        await a.WriteAsync("file", bytes);
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Read("file") is not null && b.Volume.MissingTotals().Contents == 0);
        a.Volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
        b.Volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
        return (b.Volume.Reader.Find(EntryId.Root, EntryName.Create("file"))!.Shown!.Value.Content, bytes);
    }

    private static byte[] RandomBytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
