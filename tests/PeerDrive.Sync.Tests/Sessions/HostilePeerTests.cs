using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Memory;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;
using ByteString = Google.Protobuf.ByteString;

namespace PeerDrive.Sync.Tests.Sessions;

public sealed class HostilePeerTests
{
    private static readonly Operation Harmless = Put("harmless"u8);

    [Fact]
    public async Task The_first_message_is_a_hello_and_there_is_one_only()
    {
        await WithPeersAsync(Role.Writer, async (_, eve) =>
        {
            Assert.Contains("hello", (await RefusedAsync(eve, hello: false, HostilePeer.Want(eve.Volume.Id))).Text, StringComparison.Ordinal);
            Assert.Contains("hello", (await RefusedAsync(eve, hello: true, eve.Hello())).Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_person_who_did_not_sign_the_device_is_refused()
    {
        await WithPeersAsync(Role.Writer, async (a, eve) =>
        {
            var hello = eve.Hello();
            hello.Hello.Person = ByteString.CopyFrom(a.Person.Certificate.Der.Span);
            Assert.Contains("not signed", (await RefusedAsync(eve, hello: false, hello)).Text, StringComparison.Ordinal);
            hello.Hello.Person = ByteString.CopyFrom(1, 2, 3);
            await RefusedAsync(eve, hello: false, hello);
            hello = eve.Hello();
            hello.Hello.Version = 9;
            Assert.Contains("version 9", (await RefusedAsync(eve, hello: false, hello)).Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Unknown_and_malformed_messages_end_the_connection()
    {
        await WithPeersAsync(Role.Writer, async (_, eve) =>
        {
            foreach (var bytes in new byte[][] { [0x9A, 0x06, 0x01, 0x07], [0xFF], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0] })
                Refused(await eve.AttackAsync([(eve.Hello().ToByteArray(), []), (bytes, [])]));
        });
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("wrong volume")]
    [InlineData("broken chain")]
    [InlineData("Lamport")]
    [InlineData("false dependency")]
    [InlineData("key epoch")]
    [InlineData("unknown device")]
    public async Task A_changeset_that_is_not_right_is_refused_by_name(string what)
    {
        await WithPeersAsync(Role.Writer, async (a, eve) =>
        {
            await TestNode.MakeFolderAsync(eve.Volume, "first");
            Assert.Null((await a.Volume.ApplyAsync(eve.Volume.ReadMissing(a.Volume.Vector, int.MaxValue))).Refusal);
            var others = a.Volume.Vector.Tips.First(tip => tip.Author != AuthorId.Of(eve.Identity.Device, 0));
            var good = eve.Make(null, Harmless);
            var signature = good.Signature.ToArray();
            signature[5] ^= 1;
            var changeset = what switch
            {
                "forged" => Model.Changesets.Changeset.FromParts(good.HeaderBytes, signature, good.BodyBytes),
                "wrong volume" => eve.Make(header => header with { Volume = default }, Harmless),
                "broken chain" => eve.Make(header => header with { Sequence = header.Sequence + 1 }, Harmless),
                "Lamport" => eve.Make(header => header with { Lamport = header.Lamport + 7 }, Harmless),
                "false dependency" => eve.Make(header => header with { Dependencies = [others with { Sequence = others.Sequence + 5 }] }, Harmless),
                "key epoch" => eve.Make(header => header with { KeyEpoch = 3 }, Harmless),
                _ => eve.Make(header => header with { Device = Id.Hash<DeviceId>([1]), Sequence = 1, Previous = default, Lamport = header.Lamport - 1 }, Harmless),
            };
            Assert.Contains(what, (await RefusedAsync(eve, hello: true, eve.Send(changeset))).Text, StringComparison.Ordinal);
            Assert.False(a.Volume.Knows(changeset.Hash));
        });
    }

    [Theory]
    [InlineData(Role.Reader)]
    [InlineData(Role.Writer)]
    public async Task What_a_role_does_not_allow_is_refused(Role role)
    {
        await WithPeersAsync(role, async (a, eve) =>
        {
            Operation change = role == Role.Reader
                ? Put("file"u8)
                : new Operation.Member(eve.Person.Certificate, Role.Owner, ReadOnlyMemory<byte>.Empty);
            Assert.Contains("not allowed", (await RefusedAsync(eve, hello: true, eve.Send(eve.Make(null, change)))).Text, StringComparison.Ordinal);
            Assert.Equal(role, a.Volume.Members.RoleOf(eve.Person.Person));
            Assert.Empty(a.Volume.Reader.List(EntryId.Root));
            // And this device does not make what all others would refuse.
            await Assert.ThrowsAsync<Model.Errors.PeerDriveException>(() => eve.Volume.CommitAsync(edit => edit.Administer(new Operation.Setting("name", "mine"))));
        });
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/etc/passwd")]
    [InlineData("a\0b")]
    [InlineData(".")]
    public async Task A_name_that_escapes_is_refused(string name)
    {
        await WithPeersAsync(Role.Writer, async (a, eve) =>
        {
            // A placeholder of the same length is replaced in the encoded body, as no honest encoder writes such a name.
            var body = Model.Encoding.ChangesetCodec.EncodeBody(new ChangesetBody(1, [Put(System.Text.Encoding.UTF8.GetBytes(new string('~', name.Length)))]));
            System.Text.Encoding.UTF8.GetBytes(name).CopyTo(body, body.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(new string('~', name.Length))));
            var good = eve.Make(null, Harmless);
            var header = good.Header with { BodyLength = (uint)body.Length, BodyHash = Bits256.Read(System.Security.Cryptography.SHA256.HashData(body)) };
            var bytes = Model.Encoding.ChangesetCodec.EncodeHeader(header);
            await RefusedAsync(eve, hello: true, eve.Send(Model.Changesets.Changeset.FromParts(bytes, eve.Identity.Key.Sign(bytes), body)));
            Assert.Empty(a.Volume.Reader.List(EntryId.Root));
        });
    }

    [Fact]
    public async Task Old_changesets_said_again_change_nothing()
    {
        await WithPeersAsync(Role.Writer, async (a, eve) =>
        {
            await a.WriteAsync("file", [1]);
            await eve.Volume.ApplyAsync(a.Volume.ReadMissing(eve.Volume.Vector, int.MaxValue));
            var vector = a.Volume.Vector;
            var all = eve.Volume.ReadMissing(VersionVector.Empty, int.MaxValue).ToArray();
            await eve.AskAsync(Message.KindOneofCase.NotHere, eve.Send(all), eve.Send(all), HostilePeer.Want(eve.Volume.Id, default(ChunkId)));
            Assert.Equal(vector, a.Volume.Vector);
        });
    }

    [Fact]
    public async Task Taking_back_what_was_asked_for_or_never_was_leaves_a_later_want_to_be_answered()
    {
        await WithPeersAsync(Role.Writer, async (a, eve) =>
        {
            var bytes = new byte[3_000_000];
            new Random(5).NextBytes(bytes);
            await a.WriteAsync("large", bytes);
            var content = a.Volume.Reader.Find(EntryId.Root, EntryName.Create("large"))!.Shown!.Value.Content;
            using var list = a.Volume.Contents.Chunks.Read(content.Root);
            var chunks = ChunkList.Decode(list.Span, content.Size).Select(line => line.Id).ToArray();
            var taken = Enumerable.Repeat(new[] { HostilePeer.Want(a.Volume.Id, chunks), Unwant(a.Volume.Id) }, 50).SelectMany(pair => pair);
            var answer = await eve.AskAsync(
                Message.KindOneofCase.NotHere, [State(eve), Unwant(a.Volume.Id), Unwant(Id.Hash<VolumeId>([7])), .. taken, HostilePeer.Want(a.Volume.Id, default(ChunkId))]);
            Assert.Equal(answer.NotHere.Chunks, MessageCodec.Ids([default]));
            await RefusedAsync(eve, hello: true, new Message { Unwant = new Unwant { Volume = ByteString.CopyFrom(1, 2, 3) } });
        });

        static Message Unwant(VolumeId volume) => new() { Unwant = new Unwant { Volume = MessageCodec.Bytes(volume), Streaming = true } };
    }

    [Fact]
    public async Task To_a_stranger_a_volume_looks_as_if_it_were_not_there()
    {
        await WithPeersAsync(Role.None, async (a, eve) =>
        {
            var written = await a.WriteAsync("secret", [1, 2, 3]);
            var chunk = written.Shown!.Value.Content.Root;
            var there = await eve.AskAsync(Message.KindOneofCase.NotHere, HostilePeer.Want(a.Volume.Id, chunk));
            var absent = await eve.AskAsync(Message.KindOneofCase.NotHere, HostilePeer.Want(a.Volume.Id, Id.Hash<ChunkId>([9])));
            var elsewhere = await eve.AskAsync(Message.KindOneofCase.NotHere, HostilePeer.Want(Id.Hash<VolumeId>([7]), chunk));
            Assert.Equal(there.NotHere.Chunks, MessageCodec.Ids([chunk]));
            Assert.Equal(there.CalculateSize(), absent.CalculateSize());
            Assert.Equal(there.CalculateSize(), elsewhere.CalculateSize());
            // Neither its state nor its changesets are taken.
            var vector = a.Volume.Vector;
            var mine = eve.Make(header => header with { Sequence = 1, Previous = default }, Harmless);
            await eve.AskAsync(
                Message.KindOneofCase.NotHere, new Message { State = MessageCodec.State(a.Volume.Id, VersionVector.Empty, true, checkpointWanted: false) }, eve.Send(mine), HostilePeer.Want(a.Volume.Id, chunk));
            Assert.Equal(vector, a.Volume.Vector);
            Assert.DoesNotContain(a.Engine.Peers(), peer => peer.Device == eve.Identity.Device && peer.Volumes.Count > 0);
        });
    }

    [Fact]
    public async Task Who_asks_for_more_than_anyone_may_is_cut_off()
    {
        await WithPeersAsync(Role.Writer, async (a, eve) =>
        {
            await a.WriteAsync("large", Bytes(4 << 20, 1));
            var content = a.Volume.Reader.Find(EntryId.Root, EntryName.Create("large"))!.Shown!.Value.Content;
            var chunks = a.Volume.Contents.Leaves(content).Select(leaf => leaf.Id).ToList();
            var want = HostilePeer.Want(eve.Volume.Id, [.. Enumerable.Range(0, SyncLimits.WantChunks).Select(i => chunks[i % chunks.Count])]);
            // It asks without reading what comes.
            await using var connection = await eve.ConnectAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await connection.SendAsync(Priority.Control, eve.Hello().ToByteArray(), default, limit.Token);
            await Assert.ThrowsAsync<Model.Errors.PeerDriveException>(async () =>
            {
                while (true) await connection.SendAsync(Priority.Control, want.ToByteArray(), default, limit.Token);
            });
            var message = new Message { Want = new Want { Volume = MessageCodec.Bytes(eve.Volume.Id), Chunks = ByteString.CopyFrom(new byte[33]) } };
            await RefusedAsync(eve, hello: true, message);
            message.Want.Chunks = ByteString.CopyFrom(new byte[32 * (SyncLimits.WantChunks + 1)]);
            await RefusedAsync(eve, hello: true, message);
        });
    }

    [Fact]
    public async Task Data_whose_lengths_do_not_fit_ends_the_connection()
    {
        await WithPeersAsync(Role.Writer, async (_, eve) =>
        {
            foreach (var piece in new[]
            {
                new Piece { Stored = 10, Plain = 10, Length = 11 },
                new Piece { Stored = uint.MaxValue, Plain = 10, Length = 4 },
                new Piece { Stored = 10, Plain = uint.MaxValue, Length = 10 },
                new Piece { Stored = 0, Plain = 10, Length = 0 },
                new Piece { Stored = 10, Plain = 0, Length = 10 },
                new Piece { Stored = 20, Plain = 20, Offset = 15, Length = 10 },
                new Piece { Stored = 20, Plain = 20, Offset = uint.MaxValue, Length = 10 },
                new Piece { Stored = 100, Plain = 100, Offset = 50, Length = 10 },
                new Piece { Stored = 5, Plain = 5, Length = 5 },
            })
            {
                piece.Chunk = MessageCodec.Bytes(Id.Hash<ChunkId>([1]));
                var data = new Message { Data = new Data { Volume = MessageCodec.Bytes(eve.Volume.Id), Pieces = { piece } } };
                Refused(await eve.AttackAsync([(eve.Hello().ToByteArray(), []), (State(eve).ToByteArray(), []), (data.ToByteArray(), new byte[10])]));
            }
        });
    }

    /// <summary>The last frame of a connection that is cut may be lost with it; then nothing tells the reason on this side.</summary>
    private static void AssertClosedFor(string why, CloseReason reason) =>
        Assert.True(reason.Kind == CloseKind.Lost || reason.Text.Contains(why, StringComparison.Ordinal), reason.ToString());

    [Fact]
    public async Task Wrong_bytes_for_a_chunk_end_the_connection_and_the_right_ones_are_still_fetched()
    {
        await WithPeersAsync(Role.Writer, async (a, eve) =>
        {
            // Shorter than the least chunk, so its only chunk is the file.
            var bytes = Bytes(10_000, 1);
            var content = eve.Volume.Contents.Store(bytes);
            await eve.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("file"), new RevisionState { Kind = DocumentKind.File, Content = content }));
            var changesets = eve.Send([.. eve.Volume.ReadMissing(a.Volume.Vector, int.MaxValue)]);
            foreach (var right in new[] { false, true })
            {
                await using var connection = await eve.ConnectAsync();
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                foreach (var message in new[] { eve.Hello(), State(eve), changesets }) await connection.SendAsync(Priority.Control, message.ToByteArray(), default, limit.Token);
                var answered = false;
                while (await connection.ReceiveAsync(limit.Token) is { } frame)
                {
                    using (frame)
                    {
                        if (answered || MessageCodec.Decode(frame.Message) is not { KindCase: Message.KindOneofCase.Want }) continue;
                        answered = true;
                        var piece = new Piece { Chunk = MessageCodec.Bytes(content.Root), Plain = (uint)bytes.Length, Stored = (uint)bytes.Length, Length = (uint)bytes.Length };
                        var data = new Message { Data = new Data { Volume = MessageCodec.Bytes(eve.Volume.Id), Pieces = { piece } } };
                        await connection.SendAsync(Priority.Bulk, data.ToByteArray(), right ? bytes : Bytes(10_000, 2), limit.Token);
                        if (right) break;
                    }
                }
                if (right) await a.UntilAsync(() => a.Read("file") is not null);
                else AssertClosedFor("wrong hash", await connection.Closed);
            }
            Assert.Equal(bytes, a.Read("file"));
        });
    }

    [Fact]
    public async Task A_content_that_can_never_be_had_holds_no_other_up()
    {
        await WithPeersAsync(Role.Writer, async (a, eve) =>
        {
            // What claims to be a list of chunks is none, and is small enough to come beside its changeset.
            var noList = eve.Volume.Contents.Store("this is no chunk list"u8.ToArray()) with { Depth = 1, Size = 1000 };
            var deep = noList with { Depth = 1, Size = 1001 };
            await eve.Volume.CommitAsync(edit =>
            {
                edit.Create(EntryId.Root, EntryName.Create("poison"), new RevisionState { Kind = DocumentKind.File, Content = noList });
                edit.Create(EntryId.Root, EntryName.Create("poison2"), new RevisionState { Kind = DocumentKind.File, Content = deep });
            });
            var message = eve.Send([.. eve.Volume.ReadMissing(a.Volume.Vector, int.MaxValue)]);
            message.Changesets.Chunks.Add(new InlineChunk { Plain = ByteString.CopyFromUtf8("this is no chunk list") });
            await eve.AskAsync(Message.KindOneofCase.NotHere, State(eve), message, HostilePeer.Want(eve.Volume.Id, default(ChunkId)));
            Assert.NotNull(a.Volume.Reader.Find(EntryId.Root, EntryName.Create("poison")));
        });
    }

    [Fact]
    public async Task A_vector_of_ten_thousand_tips_is_answered_and_a_longer_one_refused()
    {
        await WithPeersAsync(Role.Writer, async (_, eve) =>
        {
            var state = State(eve);
            for (var i = state.State.Tips.Count; i < 10_000; i++)
                state.State.Tips.Add(new Messages.Wire.Tip { Author = MessageCodec.Bytes(Id.Hash<AuthorId>(BitConverter.GetBytes(i))), Sequence = 1, Hash = MessageCodec.Bytes(Id.Hash<ChangesetHash>(BitConverter.GetBytes(i))) });
            await eve.AskAsync(Message.KindOneofCase.NotHere, state, HostilePeer.Want(eve.Volume.Id, default(ChunkId)));
            state.State.Tips.Add(state.State.Tips[0]);
            await RefusedAsync(eve, hello: true, state);
        });
    }

    [Fact]
    public async Task Thousands_of_mutated_messages_end_connections_and_nothing_else()
    {
        var memory = new MemoryPeerNetwork(TimeProvider.System);
        Func<DeviceIdentity, IPeerNetwork> network = identity => memory.Attach(identity.Certificate);
        await WithPeersAsync(Role.Writer, network, async (a, eve) =>
        {
            await a.WriteAsync("file", Bytes(100_000, 1));
            await eve.Volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create("e"), new RevisionState { Kind = DocumentKind.Folder }));
            var changesets = eve.Send([.. eve.Volume.ReadMissing(VersionVector.Empty, int.MaxValue)]);
            var root = a.Volume.Reader.Find(EntryId.Root, EntryName.Create("file"))!.Shown!.Value.Content.Root;
            var piece = new Piece { Chunk = MessageCodec.Bytes(root), Plain = 20, Stored = 20, Length = 10 };
            Message[] samples =
            [
                eve.Hello(), State(eve), changesets, HostilePeer.Want(eve.Volume.Id, root), new Message { Data = new Data { Volume = MessageCodec.Bytes(eve.Volume.Id), Pieces = { piece } } },
                new Message { NotHere = new NotHere { Volume = MessageCodec.Bytes(eve.Volume.Id), Chunks = MessageCodec.Ids([root]) } },
                new Message { Join = new Join { Volume = MessageCodec.Bytes(eve.Volume.Id), Secret = ByteString.CopyFrom(new byte[16]) } },
                new Message { Joined = new Joined { Volume = MessageCodec.Bytes(eve.Volume.Id), Name = "n", Role = 2 } },
                new Message { JoinRefused = new JoinRefused { Volume = MessageCodec.Bytes(eve.Volume.Id), Kind = 3, Message = "m" } },
            ];
            var random = new Random(20_000);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(100));
            var reasons = new HashSet<CloseKind>();
            for (var sent = 0; sent < 20_000;)
            {
                await using var connection = await eve.ConnectAsync();
                var reading = DrainAsync(connection, limit.Token);
                try
                {
                    await connection.SendAsync(Priority.Control, eve.Hello().ToByteArray(), default, limit.Token);
                    for (var i = 0; i < 20; i++, sent++)
                        await connection.SendAsync(Priority.Control, Mutate(samples[random.Next(samples.Length)].ToByteArray(), random), new byte[random.Next(3) * 10], limit.Token);
                }
                catch (Model.Errors.PeerDriveException)
                {
                    sent++;
                }
                await connection.CloseAsync(new CloseReason(CloseKind.Done, "next"));
                await reading;
                reasons.Add((await connection.Closed).Kind);
            }
            Assert.DoesNotContain(CloseKind.Internal, reasons);
        });
    }

    /// <summary>Runs an attack on a device, and sees to it that it still works together with an honest one.</summary>
    private static Task WithPeersAsync(Role role, Func<TestNode, HostilePeer, Task> attack) => WithPeersAsync(role, null, attack);

    private static async Task WithPeersAsync(Role role, Func<DeviceIdentity, IPeerNetwork>? network, Func<TestNode, HostilePeer, Task> attack)
    {
        await using var a = new TestNode("a", network: network);
        await using var b = new TestNode("b", network: network);
        await a.CreateVolumeAsync("shared");
        await b.JoinAsync(a.Invite());
        await b.UntilAsync(() => b.Volume.OwnRole == Role.Writer);
        await using (var eve = await HostilePeer.CreateAsync(a, role, network)) await attack(a, eve);
        await a.WriteAsync("afterwards", Bytes(300_000, 3));
        await b.UntilAsync(() => b.Read("afterwards") is { Length: 300_000 });
    }

    private static async Task<CloseReason> RefusedAsync(HostilePeer eve, bool hello, params Message[] messages) => Refused(await eve.AttackAsync(hello, messages));

    private static CloseReason Refused(CloseReason reason)
    {
        Assert.Equal((CloseKind.Protocol, true), (reason.Kind, reason.ByPeer));
        return reason;
    }

    private static Message State(HostilePeer eve) => new() { State = MessageCodec.State(eve.Volume.Id, eve.Volume.Vector, false, checkpointWanted: false) };

    private static Operation.Put Put(ReadOnlySpan<byte> name) =>
        new Operation.Put(new EntryId(Bits128.Read(new byte[16] { 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 })), EntryId.Root, EntryName.Create(name), new DocumentId(Bits128.Read(new byte[16] { 9, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8 })), false);

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(bytes.Length);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when bytes.Length > 1:
                    bytes = [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + 1)];
                    break;
                default:
                    bytes = [.. bytes.AsSpan(0, at), (byte)random.Next(256), .. bytes.AsSpan(at)];
                    break;
            }
        }
        return bytes;
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task DrainAsync(IPeerConnection connection, CancellationToken cancellation)
    {
        while (await connection.ReceiveAsync(cancellation) is { } frame) frame.Dispose();
    }
}
