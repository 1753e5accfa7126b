using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Replicas;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Presence;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;
using PresenceRecord = PeerDrive.Sync.Presence.PresenceRecord;
using WireRecord = PeerDrive.Sync.Messages.Wire.PresenceRecord;

namespace PeerDrive.Sync.Tests.Presence;

public sealed class HostilePresenceTests
{
    private static readonly byte[] HashOfNothing = new PresenceTable(TimeProvider.System).Digest().Hash;

    [Fact]
    public async Task A_forged_record_ends_the_connection_of_who_brings_it()
    {
        await WithPeersAsync(Role.Writer, async (a, b, eve) =>
        {
            var honest = Record(eve, Now() + 60_000);
            var body = PresenceBody.Parser.ParseFrom(honest.Body.Span);
            body.Device = MessageCodec.Bytes(b.Identity.Device);
            var reason = await eve.AttackAsync(hello: true, State(eve), Bring(eve, new WireRecord { Body = body.ToByteString(), Signature = ByteString.CopyFrom(honest.Signature.Span) }));
            Assert.Equal((CloseKind.Protocol, true), (reason.Kind, reason.ByPeer));
            Assert.Contains("signature", reason.Text, StringComparison.Ordinal);
            Assert.Contains(b.Address, Of(a, b.Identity.Device)!.Addresses);
        });
    }

    [Fact]
    public async Task Records_that_no_honest_device_makes_end_the_connection()
    {
        await WithPeersAsync(Role.Writer, async (_, _, eve) =>
        {
            foreach (var change in new Action<PresenceBody>[]
                     {
                         body => body.Addresses.AddRange(Enumerable.Range(1, SyncLimits.PresenceAddresses + 1).Select(i => $"10.0.0.{i}:5")),
                         body => body.Addresses.Add("no address"),
                         body => body.Addresses.Add(new string('a', 500) + ":5"),
                         body => body.Name = new string('n', 65),
                         body => body.Policy = new string('p', 5000),
                         body => body.Vector = ByteString.CopyFrom(1, 2, 3),
                         body => body.Volume = ByteString.CopyFrom(new byte[16]),
                     })
            {
                var body = PresenceBody.Parser.ParseFrom(Record(eve, Now()).Body.Span);
                change(body);
                var bytes = body.ToByteArray();
                var reason = await eve.AttackAsync(hello: true, State(eve), Bring(eve, new WireRecord { Body = ByteString.CopyFrom(bytes), Signature = ByteString.CopyFrom(Sign(eve, bytes)) }));
                Assert.Equal((CloseKind.Protocol, true), (reason.Kind, reason.ByPeer));
            }
            var tooMany = await eve.AttackAsync(hello: true, State(eve), Bring(eve, [.. Enumerable.Repeat(Wire(Record(eve, Now())), SyncLimits.PresenceBatch + 1)]));
            Assert.Equal(CloseKind.Protocol, tooMany.Kind);
            var wrongDigest = await eve.AttackAsync(hello: true, State(eve), new Message { PresenceDigest = new PresenceDigest { Volume = MessageCodec.Bytes(eve.Volume.Id), Hash = ByteString.CopyFrom(new byte[16]), Known = ByteString.CopyFrom(new byte[25]) } });
            Assert.Equal(CloseKind.Protocol, wrongDigest.Kind);
        });
    }

    [Fact]
    public async Task A_record_that_was_replaced_is_not_believed_again()
    {
        await WithPeersAsync(Role.Writer, async (a, b, eve) =>
        {
            var told = await eve.AskAsync(Message.KindOneofCase.PresenceRecords, State(eve), AskAll(eve.Volume.Id));
            var old = told.PresenceRecords.Records.Single(record => MessageCodec.Id<DeviceId>(PresenceBody.Parser.ParseFrom(record.Body).Device) == b.Identity.Device);
            b.Volume.Replica.SetPolicy(ReplicaPolicy.Metadata);
            await Soon.UntilAsync("the newer record", () => Of(a, b.Identity.Device)!.Shares.Single().Policy == "metadata");
            // It is passed over, and nobody is blamed: an honest peer may know no later one.
            var answer = await eve.AskAsync(Message.KindOneofCase.NotHere, State(eve), Bring(eve, old), HostilePeer.Want(eve.Volume.Id, Id.Hash<ChunkId>("nothing"u8)));
            Assert.Single(MessageCodec.Ids(answer.NotHere.Chunks, 1));
            Assert.Equal("metadata", Of(a, b.Identity.Device)!.Shares.Single().Policy);
        });
    }

    [Fact]
    public async Task Records_of_strangers_and_of_the_far_future_are_not_kept()
    {
        await WithPeersAsync(Role.Writer, async (a, b, eve) =>
        {
            using var person = PersonIdentity.Create("Mallory");
            using var stranger = DeviceIdentity.Create(person, "mallory");
            var strange = PresenceRecord.Create(new PresenceClaim(eve.Volume.Id, ["127.0.0.1:9"], "full", false), VersionVector.Empty, Now(), stranger.Key);
            var future = Record(eve, Now() + (long)TimeSpan.FromDays(400).TotalMilliseconds);
            await eve.AskAsync(
                Message.KindOneofCase.NotHere, State(eve), Bring(eve, Wire(strange), Wire(future)), HostilePeer.Want(eve.Volume.Id, Id.Hash<ChunkId>("nothing"u8)));
            Assert.Null(Of(a, stranger.Device));
            Assert.Null(Of(b, stranger.Device));
            Assert.Null(Of(a, eve.Identity.Device)?.Shares.Single().Policy);
        });
    }

    [Fact]
    public async Task A_flood_of_records_is_not_passed_on()
    {
        await WithPeersAsync(Role.Writer, async (a, b, eve) =>
        {
            var began = Now();
            var messages = Enumerable.Range(0, 100).Select(batch => Bring(eve, [.. Enumerable.Range(0, 50).Select(i => Wire(Record(eve, began + (batch * 50) + i)))])).ToArray();
            var before = Of(b, a.Identity.Device)!.BytesReceived;
            await eve.AskAsync(Message.KindOneofCase.NotHere, [State(eve), .. messages, HostilePeer.Want(eve.Volume.Id, Id.Hash<ChunkId>("nothing"u8))]);
            // 5,000 records came; few are passed on.
            Assert.InRange(Of(b, a.Identity.Device)!.BytesReceived - before, 0, 10_000);
        });
    }

    [Fact]
    public async Task Who_is_no_member_learns_nothing()
    {
        await WithPeersAsync(Role.None, async (_, _, eve) =>
        {
            await using var connection = await eve.ConnectAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            foreach (var message in new[] { eve.Hello(), State(eve), AskAll(eve.Volume.Id), Bring(eve, Wire(Record(eve, Now()))), HostilePeer.Want(eve.Volume.Id, Id.Hash<ChunkId>("nothing"u8)) })
                await connection.SendAsync(Priority.Control, message.ToByteArray(), default, limit.Token);
            var kinds = new List<Message.KindOneofCase>();
            while (!kinds.Contains(Message.KindOneofCase.NotHere))
            {
                using var frame = await connection.ReceiveAsync(limit.Token);
                Assert.NotNull(frame);
                kinds.Add(MessageCodec.Decode(frame.Message).KindCase);
            }
            Assert.Equal([Message.KindOneofCase.Hello, Message.KindOneofCase.NotHere], kinds);
        });
    }

    private static async Task WithPeersAsync(Role role, Func<TestNode, TestNode, HostilePeer, Task> attack)
    {
        await using var a = new TestNode("a");
        await using var b = new TestNode("b");
        await a.CreateVolumeAsync("shared");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
        await Soon.UntilAsync("a to know b", () => Of(a, b.Identity.Device)?.Shares.SingleOrDefault()?.Policy == "full");
        await using (var eve = await HostilePeer.CreateAsync(a, role)) await attack(a, b, eve);
        await a.WriteAsync("afterwards", [1, 2, 3]);
        await b.UntilAsync(() => b.Read("afterwards") is [1, 2, 3]);
    }

    private static PeerState? Of(TestNode seer, DeviceId seen) => seer.Engine.Peers().SingleOrDefault(peer => peer.Device == seen);

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static PresenceRecord Record(HostilePeer eve, long at) =>
        PresenceRecord.Create(new PresenceClaim(eve.Volume.Id, ["127.0.0.1:9"], "full", IsLeaving: false), eve.Volume.Vector, at, eve.Identity.Key);

    private static byte[] Sign(HostilePeer eve, byte[] body) => eve.Identity.Key.Sign([.. "peerdrive presence 1\n"u8, .. body]);

    private static WireRecord Wire(PresenceRecord record) => new() { Body = ByteString.CopyFrom(record.Body.Span), Signature = ByteString.CopyFrom(record.Signature.Span) };

    private static Message Bring(HostilePeer eve, params WireRecord[] records)
    {
        var message = new PresenceRecords { Volume = MessageCodec.Bytes(eve.Volume.Id) };
        message.Records.AddRange(records);
        return new Message { PresenceRecords = message };
    }

    private static Message AskAll(VolumeId volume) => new() { PresenceDigest = new PresenceDigest { Volume = MessageCodec.Bytes(volume), Hash = ByteString.CopyFrom(HashOfNothing), ReplyWanted = true } };

    private static Message State(HostilePeer eve) => new() { State = MessageCodec.State(eve.Volume.Id, eve.Volume.Vector, false, checkpointWanted: false) };
}
