using System.Net;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Identity;
using PeerDrive.Simulation.Disks;
using PeerDrive.Simulation.Scheduling;
using PeerDrive.Storage.Volumes;
using PeerDrive.Sync.Sessions;
using PeerDrive.Transport.Connections.Memory;

namespace PeerDrive.Simulation.Nodes;

/// <summary>A device with its disk, which outlives the processes that run on it one after another.</summary>
internal sealed class SimulatedNode
{
    public const string VolumesFolder = "/volumes";

    private readonly World world;
    private readonly MemoryPeerNetwork network;
    private readonly SimulatedScheduler wires;
    private readonly Random random;
    private SimulatedScheduler? process;
    private NodeNetwork? attached;
    private SimulatedClock? clock;
    private SyncEngine? engine;
    private VolumeMerger? merger;
    private TimeSpan skew;

    public SimulatedNode(int index, int device, World world, MemoryPeerNetwork network, SimulatedScheduler wires, string folder, int seed)
        : this(index, Identities.Devices[device], Identities.PersonOf(device), world, network, wires, folder, seed)
    {
    }

    public SimulatedNode(int index, DeviceKey key, PersonCertificate person, World world, MemoryPeerNetwork network, SimulatedScheduler wires, string folder, int seed)
    {
        Index = index;
        this.world = world;
        this.network = network;
        this.wires = wires;
        random = new Random(seed);
        Key = key;
        Person = person;
        Disk = new SimulatedDisk(Path.Combine(folder, $"node{index}"), new Random(seed + 1)) { Crashed = () => process?.Kill() };
        Address = new IPEndPoint(new IPAddress([127, 0, 0, (byte)(index + 1)]), 4000);
    }

    public int Index { get; }

    public DeviceKey Key { get; }

    public PersonCertificate Person { get; }

    public SimulatedDisk Disk { get; }

    public IPEndPoint Address { get; }

    public Volume? Volume { get; private set; }

    public SyncEngine Engine => engine!;

    /// <summary>The volume is open and its process lives.</summary>
    public bool IsUp => Volume is not null && process is { IsDead: false };

    /// <summary>A process was started and has not ended, though its volume may not be open yet.</summary>
    public bool IsRunning => process is { IsDead: false };

    /// <summary>The power went and nobody has cleared up.</summary>
    public bool IsFresh => process is { IsDead: true };

    /// <summary>What went wrong in the process's start; null when nothing did.</summary>
    public Task Starting { get; private set; } = Task.CompletedTask;

    /// <summary>What the engine says is wrong.</summary>
    public string Problems => string.Join(", ", engine!.Peers().Select(peer => $"{peer.IsOnline} {peer.LastProblem}").Append(engine.FetchProblem(Volume!.Id)));

    public TimeSpan Skew
    {
        get => skew;
        set
        {
            skew = value;
            if (clock is not null) clock.Skew = value;
        }
    }

    /// <summary>Begins a process that opens the volume, or makes one.</summary>
    /// <param name="volume">Null: a new volume is made.</param>
    public void Start(VolumeId? volume, IReadOnlyList<SimulatedNode> others)
    {
        process = world.NewScheduler();
        clock = new SimulatedClock(world, process) { Skew = skew };
        attached = new NodeNetwork(network.Attach(Key.Certificate), wires);
        var chance = random.Next();
        Starting = process.Start(async () =>
        {
            var context = new VolumeContext(Disk, clock, new Random(chance), Key, Person);
            var opened = volume is { } id ? await Volume.OpenAsync(id, context, VolumesFolder) : await Volume.CreateAsync(context, VolumesFolder, "shared", []);
            merger = new VolumeMerger(opened, clock, new Random(chance + 1));
            merger.Start();
            engine = new SyncEngine(attached, Key, Person, clock, new Random(chance + 2));
            engine.Listen(Address);
            engine.Add(opened);
            foreach (var other in others) engine.AddAddress(other.Key.Device, other.Address);
            Volume = opened;
        });
    }

    /// <summary>Does something in the process.</summary>
    public Task Do(Func<Volume, Task> work)
    {
        var volume = Volume!;
        return process!.Start(() => work(volume));
    }

    /// <summary>Ends the process in good order; what runs in it ends first.</summary>
    public Task StopAsync() => process!.Start(async () =>
    {
        await engine!.DisposeAsync();
        await merger!.DisposeAsync();
        await Volume!.DisposeAsync();
    });

    /// <summary>The process is gone at once, in whatever it was doing.</summary>
    public void Bury(bool powerCut, CatalogFate catalog)
    {
        process?.Kill();
        process = null;
        Volume = null;
        attached?.Drop();
        network.Break(Key.Device);
        Disk.Die(powerCut, catalog);
        Disk.Revive();
    }
}
