using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Checkpoints;
using PeerDrive.Model.Encoding;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Checkpoints;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Framing;
using ByteString = Google.Protobuf.ByteString;

namespace PeerDrive.Sync.Tests.Checkpoints;

public sealed class CheckpointExchangeTests
{
    [Fact]
    public async Task Who_joins_gets_a_checkpoint_before_the_history_and_verifies_it()
    {
        await using var a = new TestNode("a", checkpointLogBytes: 0);
        await FillAsync(a);
        await using var b = new TestNode("b");
        var verdict = new TaskCompletionSource<CheckpointVerdict>();
        b.Engine.OnCheckpoint = (_, found) => verdict.TrySetResult(found);
        var volume = await b.JoinAsync(a.Invite());
        var found = await verdict.Task.OrFail();
        Assert.Null(found.Why);
        Assert.Equal(a.Identity.Device, found.Checkpoint.Header.Device);
        Assert.Contains(found.Checkpoint.Tree.Entries, entry => entry.Name == EntryName.Create("file"));
        Assert.Null(volume.Checkpoints.Kept);
        await b.UntilAsync(() => volume.Vector.Equals(a.Volume.Vector));
        Assert.Equal(Names(a.Volume), Names(volume));
    }

    [Fact]
    public async Task Of_a_short_history_no_checkpoint_is_sent_and_a_program_that_knows_none_gets_the_history()
    {
        await using var a = new TestNode("a");
        await FillAsync(a);
        await using var b = new TestNode("b");
        var volume = await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => volume.Vector.Equals(a.Volume.Vector));
        Assert.Null(volume.Checkpoints.Kept);
        await using var c = new TestNode("c", checkpointLogBytes: 0);
        await FillAsync(c);
        await using var old = await HostilePeer.CreateAsync(c, Role.Writer);
        var first = await old.AskAsync(Message.KindOneofCase.Changesets, State(old, VersionVector.Empty));
        Assert.NotEmpty(first.Changesets.Changesets_);
    }

    [Fact]
    public async Task The_tree_is_there_while_no_history_is()
    {
        await WithInviterAsync(async (b, eve, connection) =>
        {
            var made = eve.Volume.Checkpoints.Make(0)!;
            await TellAsync(connection, eve, made.Signed, made.Parts);
            await Soon.UntilAsync(() => b.Volume.Checkpoints.Kept is not null);
            Assert.Equal(Names(eve.Volume), b.Volume.Checkpoints.Kept!.Tree.Children(EntryId.Root).Select(entry => entry.Name.ToString()));
            Assert.Equal(VersionVector.Empty, b.Volume.Vector);
            Assert.Equal(Role.None, b.Volume.OwnRole);
            await HistoryAsync(b, eve, connection);
            await Soon.UntilAsync(() => b.Volume.Checkpoints.Kept is null);
            Assert.Empty(b.Volume.Checkpoints.Wrong);
        });
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("another device")]
    [InlineData("another volume")]
    [InlineData("wrong root")]
    [InlineData("cycle")]
    [InlineData("lengths")]
    [InlineData("noise")]
    [InlineData("entry missing")]
    [InlineData("never made")]
    public async Task A_wrong_checkpoint_is_named_and_dropped_and_the_history_comes_all_the_same(string what)
    {
        await WithInviterAsync(async (b, eve, connection) =>
        {
            var honest = eve.Volume.Checkpoints.Make(0)!;
            var (signed, parts) = (honest.Signed, honest.Parts);
            var header = CheckpointCodec.DecodeHeader(signed.Header);
            var entries = Tree(eve).Entries;
            var last = header.Vector.Tips.Last();
            switch (what)
            {
                case "forged":
                    signed = signed with { Signature = new byte[64] };
                    break;
                case "another device":
                    signed = (header with { Device = b.Identity.Device }).Sign(eve.Identity.Key);
                    break;
                case "another volume":
                    signed = (header with { Volume = default }).Sign(eve.Identity.Key);
                    break;
                case "wrong root":
                    signed = (header with { Parts = [Id.Hash<ChunkId>("other"u8)] }).Sign(eve.Identity.Key);
                    break;
                case "cycle":
                    (signed, parts) = Sign(eve, header, InItself());
                    break;
                case "lengths":
                    parts = [parts[0] with { Plain = parts[0].Plain + 1 }];
                    break;
                case "noise":
                    signed = signed with { Header = new byte[] { 0xFF, 1, 2 } };
                    break;
                case "entry missing":
                    var fewer = CheckpointCodec.EncodeParts(CheckpointTree.Of(entries.Skip(1))).Single();
                    (signed, parts) = Sign(eve, header with { Entries = entries.Count - 1 }, fewer);
                    break;
                default:
                    signed = (header with { Vector = header.Vector.Apply([last with { Sequence = last.Sequence + 1, Hash = Id.Hash<ChangesetHash>("never"u8) }]) }).Sign(eve.Identity.Key);
                    break;
            }
            await TellAsync(connection, eve, signed, parts);
            await HistoryAsync(b, eve, connection);
            await Soon.UntilAsync(() => b.Volume.Checkpoints.Wrong.Count > 0);
            Assert.Equal(eve.Identity.Device, Assert.Single(b.Volume.Checkpoints.Wrong).Device);
            Assert.Null(b.Volume.Checkpoints.Kept);
            Assert.Equal(Names(eve.Volume), Names(b.Volume));
            Assert.False(connection.Closed.IsCompleted);
        });
    }

    [Fact]
    public async Task One_that_was_not_asked_for_or_breaks_off_is_passed_over()
    {
        await WithInviterAsync(async (b, eve, connection) =>
        {
            var made = eve.Volume.Checkpoints.Make(0)!;
            await TellAsync(connection, eve, made.Signed, []);
            await HistoryAsync(b, eve, connection);
            await TellAsync(connection, eve, made.Signed, made.Parts);
            // Whatever follows has been looked at when its answer comes.
            await SendAsync(connection, HostilePeer.Want(b.Volume.Id, Id.Hash<ChunkId>("nothing"u8)));
            await UntilAnsweredAsync(connection, Message.KindOneofCase.NotHere);
            Assert.Null(b.Volume.Checkpoints.Kept);
            Assert.Empty(b.Volume.Checkpoints.Wrong);
        });
    }

    /// <summary>A device with nothing of a volume that believes another one, which is connected and says what the test wants.</summary>
    private static async Task WithInviterAsync(Func<TestNode, HostilePeer, IPeerConnection, Task> test)
    {
        await using var a = new TestNode("a");
        await FillAsync(a);
        await using var b = new TestNode("b");
        await using var eve = await HostilePeer.CreateAsync(a, Role.Owner, victimOfAttacks: b);
        await eve.Volume.CommitAsync(edit => edit.Administer(new Operation.Member(b.Person.Certificate, Role.Writer, ReadOnlyMemory<byte>.Empty)), Role.Owner);
        var volume = await Volume.OpenAsync(a.Volume.Id, b.Context, b.VolumesFolder);
        b.Volumes.Add(volume);
        b.Engine.Add(volume, eve.Identity.Device);
        await using var connection = await eve.ConnectAsync();
        await SendAsync(connection, eve.Hello());
        var state = await UntilAnsweredAsync(connection, Message.KindOneofCase.State);
        Assert.True(state.State.CheckpointWanted);
        await SendAsync(connection, State(eve, eve.Volume.Vector));
        await test(b, eve, connection);
    }

    private static async Task FillAsync(TestNode node)
    {
        await node.CreateVolumeAsync("Files");
        await TestNode.MakeFolderAsync(node.Volume, "folder");
        await node.WriteAsync("file", [1]);
        await node.WriteAsync("file", [2]);
    }

    /// <summary>Sends all changesets, and answers questions for what eve has until they are applied and nothing stays open.</summary>
    private static async Task HistoryAsync(TestNode b, HostilePeer eve, IPeerConnection connection)
    {
        await SendAsync(connection, eve.Send([.. eve.Volume.ReadMissing(VersionVector.Empty, int.MaxValue)]));
        await Soon.UntilAsync(() => b.Volume.Vector.Equals(eve.Volume.Vector));
        if (b.Volume.Checkpoints.Kept is null || b.Volume.Checkpoints.HasHistory) return;
        while (!(await UntilAnsweredAsync(connection, Message.KindOneofCase.State)).State.ReplyWanted)
        {
            // It tells what it has; the question is still to come.
        }
        await SendAsync(connection, State(eve, eve.Volume.Vector));
    }

    private static async Task TellAsync(IPeerConnection connection, HostilePeer eve, SignedCheckpoint signed, IReadOnlyList<CheckpointPart> parts)
    {
        await SendAsync(connection, new Message
        {
            Checkpoint = new Checkpoint { Volume = MessageCodec.Bytes(eve.Volume.Id), Header = ByteString.CopyFrom(signed.Header.Span), Signature = ByteString.CopyFrom(signed.Signature.Span) },
        });
        foreach (var part in parts)
        {
            var data = new Data { Volume = MessageCodec.Bytes(eve.Volume.Id) };
            data.Pieces.Add(new Piece { Chunk = MessageCodec.Bytes(part.Id), Encoding = (uint)part.Encoding, Plain = (uint)part.Plain, Stored = (uint)part.Payload.Length, Length = (uint)part.Payload.Length });
            await connection.SendAsync(Priority.Control, new Message { CheckpointData = data }.ToByteArray(), part.Payload, CancellationToken.None).OrFail();
        }
    }

    private static async Task<Message> UntilAnsweredAsync(IPeerConnection connection, Message.KindOneofCase kind)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await connection.ReceiveAsync(limit.Token) is { } frame)
        {
            using (frame)
            {
                var message = MessageCodec.Decode(frame.Message);
                if (message.KindCase == kind) return message;
            }
        }
        throw new InvalidOperationException($"closed: {await connection.Closed}");
    }

    private static (SignedCheckpoint, IReadOnlyList<CheckpointPart>) Sign(HostilePeer eve, CheckpointHeader header, byte[] part)
    {
        var id = Id.Hash<ChunkId>(part);
        return ((header with { Parts = [id] }).Sign(eve.Identity.Key), [new CheckpointPart(id, Storage.Packs.ChunkEncoding.Plain, part.Length, part)]);
    }

    /// <summary>A part with one entry, a folder in itself.</summary>
    private static byte[] InItself()
    {
        using var entry = new MemoryStream();
        using (var output = new CodedOutputStream(entry, leaveOpen: true))
        {
            Bytes(1, new byte[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 });
            output.WriteTag(2, WireFormat.WireType.Varint);
            output.WriteUInt32(2);
            Bytes(3, "folder"u8.ToArray());
            Bytes(4, new byte[16]);
            output.WriteTag(5, WireFormat.WireType.Varint);
            output.WriteBool(true);

            void Bytes(int field, byte[] value)
            {
                output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(value));
            }
        }
        return [0x0A, (byte)entry.Length, .. entry.ToArray()];
    }

    private static CheckpointTree Tree(HostilePeer eve)
    {
        var made = eve.Volume.Checkpoints.Make(0)!;
        var intake = new CheckpointIntake(eve.Volume.Id, made.Signed, eve.Identity.Certificate);
        foreach (var part in made.Parts) intake.Add(part);
        return intake.Finish().Tree;
    }

    private static IEnumerable<string> Names(Volume volume) => volume.Reader.List(EntryId.Root).Select(entry => entry.ShownName.ToString());

    private static Message State(HostilePeer eve, VersionVector vector) => new() { State = MessageCodec.State(eve.Volume.Id, vector, replyWanted: false, checkpointWanted: false) };

    private static Task SendAsync(IPeerConnection connection, Message message) => connection.SendAsync(Priority.Control, message.ToByteArray(), default, CancellationToken.None).OrFail();
}
