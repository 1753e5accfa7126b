using System.Net;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Replicas;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Invitations;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Connections;
using PeerDrive.Transport.Connections.Tls;
using PeerDrive.Transport.Identity;

namespace PeerDrive.Sync.Tests;

/// <summary>A device with its engine on 127.0.0.1 and its volumes in a folder of its own.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly string folder;
    private bool isStopped;
    private readonly Func<DeviceIdentity, IPeerNetwork> network;

    private readonly long checkpointLogBytes;

    public TestNode(string name, PersonIdentity? person = null, Func<DeviceIdentity, IPeerNetwork>? network = null, long checkpointLogBytes = SyncLimits.CheckpointLogBytes)
    {
        this.checkpointLogBytes = checkpointLogBytes;
        this.network = network ?? (identity => new TlsPeerNetwork(identity, TimeProvider.System));
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        folder = Directory.CreateDirectory(Path.Combine(root, $"peerdrive-sync-{Guid.NewGuid():n}")).FullName;
        Person = person ?? PersonIdentity.Create($"{name}'s person");
        Identity = DeviceIdentity.Create(Person, name);
        Start();
    }

    public PersonIdentity Person { get; }

    public DeviceIdentity Identity { get; }

    public SyncEngine Engine { get; private set; } = null!;

    public IPEndPoint Address { get; private set; } = null!;

    public List<Volume> Volumes { get; } = [];

    public Volume Volume => Volumes[0];

    public string VolumesFolder => Path.Combine(folder, "volumes");

    public IDisk Disk { get; init; } = new RealDisk();

    public VolumeContext Context => new(Disk, TimeProvider.System, new Random(1), Identity.Key, Person.Certificate);

    public void Start()
    {
        isStopped = false;
        Engine = new SyncEngine(network(Identity), Identity.Key, Person.Certificate, TimeProvider.System, new Random(2)) { CheckpointLogBytes = checkpointLogBytes };
        Address = Engine.Listen(Address ?? new IPEndPoint(IPAddress.Loopback, 0));
        foreach (var volume in Volumes) Engine.Add(volume);
    }

    public async Task<Volume> CreateVolumeAsync(string name)
    {
        var volume = await Volume.CreateAsync(Context, VolumesFolder, name, []);
        Volumes.Add(volume);
        Engine.Add(volume);
        return volume;
    }

    public Ticket Invite(Role role = Role.Writer) =>
        TicketBook.Issue(Volume, role, DateTimeOffset.UtcNow.AddHours(1), Identity.Device, [Address]);

    public async Task<Volume> JoinAsync(Ticket ticket, ReplicaPolicy? policy = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var result = await Engine.JoinAsync(Ticket.Parse(ticket.ToText()), limit.Token);
        var volume = await Volume.OpenAsync(result.Volume, Context, VolumesFolder);
        if (policy is { } wanted) volume.Replica.SetPolicy(wanted);
        Volumes.Add(volume);
        Engine.Add(volume);
        return volume;
    }

    public static Task MakeFolderAsync(Volume volume, string name) =>
        volume.CommitAsync(edit => edit.Create(EntryId.Root, EntryName.Create(name), new RevisionState { Kind = DocumentKind.Folder, Mode = 0x1ED }));

    public Task<EntryView> WriteAsync(string name, byte[] bytes) => WriteAsync(EntryId.Root, name, bytes);

    public async Task<EntryView> WriteAsync(EntryId parent, string name, byte[] bytes)
    {
        var state = new RevisionState { Kind = DocumentKind.File, Mode = 0x1A4, Content = Volume.Contents.Store(bytes) };
        EntryView? written = null;
        await Volume.CommitAsync(edit =>
        {
            if (Volume.Reader.Find(parent, EntryName.Create(name)) is { } there)
            {
                edit.Revise(there.Id, state);
                written = there;
            }
            else
            {
                written = edit.Create(parent, EntryName.Create(name), state);
            }
        });
        return written!;
    }

    /// <summary>Bytes of a file at the top; null while it, or some of it, is not here.</summary>
    public byte[]? Read(string name)
    {
        if (Volume.Reader.Find(EntryId.Root, EntryName.Create(name)) is not { Shown: { } shown }) return null;
        return Volume.Contents.Missing(shown.Content, 1).Count == 0 ? Volume.Contents.ReadAll(shown.Content, int.MaxValue) : null;
    }

    /// <summary>Waits for a condition, which is looked at after each change of the volume.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        using var changes = Volume.Subscribe();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition()) await changes.NextAsync(limit.Token);
    }

    /// <summary>Copies the one volume's files as they are while nothing runs, and goes on.</summary>
    /// <returns>Where the copy lies.</returns>
    public async Task<string> TakeImageAsync()
    {
        var image = Path.Combine(folder, "image");
        await WhileClosedAsync(place => Copy(place, image));
        return image;
    }

    /// <summary>Puts the one volume back to an image.</summary>
    public Task RestoreImageAsync(string image) => WhileClosedAsync(place =>
    {
        Directory.Delete(place, recursive: true);
        Copy(image, place);
    });

    private async Task WhileClosedAsync(Action<string> act)
    {
        var (id, place) = (Volume.Id, Volume.Folder);
        await Engine.DisposeAsync();
        await Volume.DisposeAsync();
        act(place);
        Volumes[0] = await Volume.OpenAsync(id, Context, VolumesFolder);
        Start();
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Goes offline, until <see cref="Start"/>.</summary>
    public async Task StopAsync()
    {
        if (isStopped) return;
        isStopped = true;
        await Engine.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var volume in Volumes) await volume.DisposeAsync();
        Identity.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
