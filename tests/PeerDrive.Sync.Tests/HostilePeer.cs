using System.Net;
using Google.Protobuf;
using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Messages;
using PeerDrive.Sync.Messages.Wire;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Framing;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Sync.Tests;

/// <summary>A device with a right key that says whatever a test wants, by hand. Its replica makes honest changesets to begin with.</summary>
internal sealed class HostilePeer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("peerdrive-hostile-").FullName;
    private readonly IPeerNetwork network;
    private readonly TestNode victim;

    private HostilePeer(TestNode victim, Func<DeviceIdentity, IPeerNetwork>? network)
    {
        this.victim = victim;
        Person = PersonIdentity.Create("Eve");
        Identity = DeviceIdentity.Create(Person, "eve");
        this.network = network?.Invoke(Identity) ?? new TlsPeerNetwork(Identity, TimeProvider.System);
    }

    public PersonIdentity Person { get; }

    public DeviceIdentity Identity { get; }

    public Volume Volume { get; private set; } = null!;

    /// <summary>A peer that knows a volume and has a role in it; None: it was never a member.</summary>
    /// <param name="victimOfAttacks">Whom it connects to; null: the one whose volume it is.</param>
    public static async Task<HostilePeer> CreateAsync(TestNode victim, Role role, Func<DeviceIdentity, IPeerNetwork>? network = null, TestNode? victimOfAttacks = null)
    {
        var peer = new HostilePeer(victimOfAttacks ?? victim, network);
        if (role != Role.None)
        {
            await victim.Volume.CommitAsync(edit =>
            {
                edit.Administer(new Operation.Member(peer.Person.Certificate, role, ReadOnlyMemory<byte>.Empty));
                edit.Administer(new Operation.Device(peer.Identity.Certificate));
            }, Role.Owner);
        }
        var context = new VolumeContext(new RealDisk(), TimeProvider.System, new Random(66), peer.Identity.Key, peer.Person.Certificate);
        peer.Volume = await Volume.OpenAsync(victim.Volume.Id, context, peer.folder);
        await peer.Volume.ApplyAsync(victim.Volume.ReadMissing(peer.Volume.Vector, int.MaxValue));
        return peer;
    }

    public Message Hello() => new() { Hello = new Hello { Version = 1, Person = ByteString.CopyFrom(Person.Certificate.Der.Span), Software = "hostile", Presence = true } };

    public Message Send(params Model.Changesets.Changeset[] changesets)
    {
        var message = new Changesets { Volume = MessageCodec.Bytes(Volume.Id) };
        message.Changesets_.AddRange(changesets.Select(MessageCodec.Encode));
        return new Message { Changesets = message };
    }

    public static Message Want(VolumeId volume, params ChunkId[] chunks) => new() { Want = new Want { Volume = MessageCodec.Bytes(volume), Chunks = MessageCodec.Ids(chunks) } };

    /// <summary>A changeset that follows the own last one, signed rightly, whatever it says.</summary>
    public Model.Changesets.Changeset Make(Func<ChangesetHeader, ChangesetHeader>? change, params Operation[] operations)
    {
        var own = Volume.Vector[AuthorId.Of(Identity.Device, 0)];
        var last = own.IsEmpty ? default : own[0];
        var others = Volume.Vector.Tips.Where(tip => tip.Author != last.Author).ToArray();
        var lamport = Volume.ReadMissing(VersionVector.Empty, int.MaxValue).Max(changeset => changeset.Header.Lamport);
        var header = new ChangesetHeader(Volume.Id, 0, Identity.Device, 0, last.Sequence + 1, last.Hash, lamport + 1, [.. others], 0, default);
        return Model.Changesets.Changeset.Create(change?.Invoke(header) ?? header, new ChangesetBody(1, [.. operations]), Identity.Key);
    }

    public Task<IPeerConnection> ConnectAsync() => network.ConnectAsync(victim.Address, victim.Identity.Device, CancellationToken.None);

    /// <summary>Sends messages on a new connection, hello first unless told, and waits for the victim to end it.</summary>
    public async Task<CloseReason> AttackAsync(bool hello, params Message[] messages) =>
        await AttackAsync([.. (hello ? new[] { Hello() } : []).Concat(messages).Select(message => (message.ToByteArray(), Array.Empty<byte>()))]);

    public async Task<CloseReason> AttackAsync(IReadOnlyList<(byte[] Message, byte[] Payload)> frames)
    {
        await using var connection = await ConnectAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var reading = DrainAsync(connection, limit.Token);
        try
        {
            foreach (var (message, payload) in frames) await connection.SendAsync(Priority.Control, message, payload, limit.Token);
        }
        catch (Model.Errors.PeerDriveException)
        {
            // It was closed before all was said.
        }
        await reading;
        return await connection.Closed.WaitAsync(limit.Token);
    }

    /// <summary>Says hello and then messages; gives the first answer of a kind. The connection must live until it comes.</summary>
    public async Task<Message> AskAsync(Message.KindOneofCase kind, params Message[] messages)
    {
        await using var connection = await ConnectAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await connection.SendAsync(Priority.Control, Hello().ToByteArray(), default, limit.Token);
        foreach (var message in messages) await connection.SendAsync(Priority.Control, message.ToByteArray(), default, limit.Token);
        while (await connection.ReceiveAsync(limit.Token) is { } frame)
        {
            using (frame)
            {
                var answer = MessageCodec.Decode(frame.Message);
                if (answer.KindCase == kind) return answer;
            }
        }
        throw new InvalidOperationException($"closed: {await connection.Closed}");
    }

    public async ValueTask DisposeAsync()
    {
        await Volume.DisposeAsync();
        Identity.Dispose();
        Person.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task DrainAsync(IPeerConnection connection, CancellationToken cancellation)
    {
        while (await connection.ReceiveAsync(cancellation) is { } frame) frame.Dispose();
    }
}
