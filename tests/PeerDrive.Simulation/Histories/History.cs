using PeerDrive.Model.Changesets;
using PeerDrive.Model.Errors;
using PeerDrive.Model.Identifiers;
using PeerDrive.Model.Members;
using PeerDrive.Simulation.Disks;
using PeerDrive.Simulation.Nodes;
using PeerDrive.Simulation.Scheduling;
using PeerDrive.Storage.Volumes;
using PeerDrive.Transport.Connections.Memory;

namespace PeerDrive.Simulation.Histories;

/// <summary>
/// Everything that happens to a few devices, by one seed: edits, partitions, crashes, broken disks, wrong clocks, old images put back; then
/// all is healed, and what must hold is checked.
/// </summary>
internal sealed class History : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30), Patience = TimeSpan.FromHours(1);

    private readonly Random random;
    private readonly World world;
    private readonly Ledger ledger = new();
    private readonly MemoryPeerNetwork network;
    private readonly List<SimulatedNode> nodes = [];
    private readonly List<(string What, Task Task, SimulatedNode Node)> under = [];
    private readonly Dictionary<SimulatedNode, (DiskImage Image, long At)> images = [];
    private readonly string folder;
    private readonly int steps;
    private readonly bool isRough;
    private readonly TimeSpan latency;
    private VolumeId volume;
    private long lastFrame;
    private bool isHealed;
    private bool restored;

    public History(int seed, bool keepsTrace = false)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        random = new Random(seed);
        world = new World(random.Next()) { AfterTask = BuryTheDead };
        Trace = new Trace(keepsTrace);
        folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"peerdrive-sim-{Environment.ProcessId}-{seed}");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        steps = random.Next(10, 45);
        isRough = random.Next(5) > 0;
        latency = TimeSpan.FromMilliseconds(random.Next(3) switch { 0 => 1, 1 => 20, _ => 200 });
        var wires = world.NewScheduler();
        network = new MemoryPeerNetwork(new SimulatedClock(world, wires)) { Fate = FateOf };
        var count = random.Next(10) switch { <= 4 => 2, <= 7 => 3, 8 => 4, _ => random.Next(5, 7) };
        var isOnePerson = random.Next(2) == 0;
        for (var i = 0; i < count; i++)
            nodes.Add(new SimulatedNode(i, isOnePerson || i % 2 == 0 ? i : 6 + i / 2, world, network, wires, folder, random.Next()));
    }

    public Trace Trace { get; }

    /// <summary>Lives through it.</summary>
    /// <exception cref="HistoryFailureException">Something does not hold.</exception>
    public void Run()
    {
        Begin();
        for (var step = 0; step < steps; step++)
        {
            Step();
            world.Run(TimeSpan.FromMilliseconds(random.Next(4) switch { 0 => 0, 1 => random.Next(50), 2 => random.Next(1000), _ => random.Next(8000) }));
            Settle();
        }
        Heal();
        Check();
        if (world.Escape is { } escape) throw new HistoryFailureException($"work left the scheduler: {escape}");
    }

    public void Dispose()
    {
        isHealed = true;
        foreach (var node in nodes) node.Bury(powerCut: false, CatalogFate.Kept);
        Directory.Delete(folder, recursive: true);
    }

    private void Begin()
    {
        nodes[0].Start(null, nodes);
        Await(nodes[0].Starting, "the volume is made");
        volume = nodes[0].Volume!.Id;
        Await(nodes[0].Do(made => made.CommitAsync(edit =>
        {
            if (nodes.Find(node => node.Person.Person != nodes[0].Person.Person) is { } other) edit.Administer(new Operation.Member(other.Person, random.Next(3) == 0 ? Role.Owner : Role.Writer, default));
            foreach (var node in nodes.Skip(1)) edit.Administer(new Operation.Device(node.Key.Certificate));
        })), "the devices are let in");
        foreach (var node in nodes.Skip(1))
        {
            node.Start(volume, nodes);
            Await(node.Starting, "a device joins");
            Await(node.Do(joined => joined.ApplyAsync(nodes[0].Volume!.ReadMissing(joined.Vector, int.MaxValue))), "a device learns of the members");
        }
    }

    private void Await(Task task, string what)
    {
        for (var i = 0; i < 100 && !task.IsCompleted; i++) world.Run(TimeSpan.FromMilliseconds(100));
        if (!task.IsCompleted) throw new HistoryFailureException($"{what}: it does not end");
        if (task.Exception is { } e) throw new HistoryFailureException($"{what}: {e.InnerException}");
    }

    private void Step()
    {
        var node = nodes[random.Next(nodes.Count)];
        if (node.Disk.SyncFailed && node.IsUp && random.Next(3) == 0)
        {
            Restart(node);
            return;
        }
        if (!node.IsRunning)
        {
            if (random.Next(2) == 0) Start(node);
            return;
        }
        if (!node.IsUp) return;
        switch (random.Next(isRough ? 100 : 70))
        {
            case < 58:
                for (var i = random.Next(1, 4); i > 0; i--) Edit(node);
                break;
            case < 64:
                network.Partition(node.Key.Device, Other(node).Key.Device);
                Tell(node, "partition");
                break;
            case < 70:
                network.Heal(node.Key.Device, Other(node).Key.Device);
                Tell(node, "heal");
                break;
            case < 78:
                node.Disk.CrashAfter(random.Next(1, 20));
                Tell(node, "crash soon");
                Edit(node);
                break;
            case < 82:
                Tell(node, "crash");
                Bury(node);
                break;
            case < 85:
                Restart(node);
                break;
            case < 88:
                node.Skew = TimeSpan.FromDays(random.Next(-3650, 3650));
                Tell(node, "clock");
                break;
            case < 91:
                node.Disk.Free = node.Disk.Free == long.MaxValue ? random.Next(20_000) : long.MaxValue;
                Tell(node, "space");
                break;
            case < 94:
                node.Disk.FailNextSync = true;
                Tell(node, "sync fails");
                break;
            case < 96:
                node.Disk.CopyCatalog();
                break;
            case < 97:
                network.Break(node.Key.Device);
                Tell(node, "break");
                break;
            case < 98 when !node.Disk.SyncFailed:
                images[node] = (node.Disk.TakeImage(), world.Now);
                Tell(node, "image");
                break;
            default:
                if (images.TryGetValue(node, out var image)) Restore(node, image.Image);
                break;
        }
    }

    private void Edit(SimulatedNode node)
    {
        var chance = random.Next();
        var edit = node.Do(async open => Tell(node, await new Edits(node.Index, open, new Random(chance), ledger).MakeAsync()));
        under.Add(("an edit", edit, node));
    }

    private void Restart(SimulatedNode node)
    {
        var stop = node.StopAsync();
        for (var i = 0; i < 600 && !stop.IsCompleted && node.IsUp; i++) world.Run(TimeSpan.FromMilliseconds(200));
        if (!node.IsUp) return;
        if (!stop.IsCompleted) throw new HistoryFailureException($"node {node.Index} does not stop");
        if (stop.Exception?.InnerException is { } e && e is not PeerDriveException { Kind: ErrorKind.Io or ErrorKind.NoSpace }) throw new HistoryFailureException($"node {node.Index} stops badly: {e}");
        Tell(node, "stop");
        node.Bury(powerCut: false, CatalogFate.Kept);
        Start(node);
    }

    private void Start(SimulatedNode node)
    {
        world.Run(TimeSpan.Zero);
        Tell(node, "start");
        node.Start(volume, nodes);
        // While it opens it may die again; then it is started another time.
        for (var i = 0; i < 100 && !node.Starting.IsCompleted && node.IsRunning; i++) world.Run(TimeSpan.FromMilliseconds(1));
        if (!node.IsRunning) return;
        if (!node.Starting.IsCompletedSuccessfully) throw new HistoryFailureException($"node {node.Index} does not start: {node.Starting.Exception?.InnerException}");
        if (ledger.LostAt(node.Index, node.Volume!) is { } lost) throw new HistoryFailureException(lost);
        Trace.Add(Picture.Digest(Picture.Of(node.Volume!)));
    }

    private void Restore(SimulatedNode node, DiskImage image)
    {
        Tell(node, "old image");
        restored = true;
        Bury(node);
        node.Disk.Restore(image);
        ledger.Release(node.Index);
        Start(node);
        ledger.Forgive([.. nodes.Where(each => each.IsUp).Select(each => each.Volume!)]);
    }

    private void Bury(SimulatedNode node) =>
        node.Bury(powerCut: random.Next(3) > 0, (CatalogFate)random.Next(3));

    /// <summary>Clears up after nodes whose power went in the middle of something.</summary>
    private void BuryTheDead()
    {
        foreach (var node in nodes)
        {
            if (!node.IsFresh) continue;
            Tell(node, "died");
            Bury(node);
        }
    }

    private void Settle()
    {
        foreach (var (what, task, node) in under)
        {
            if (task.Exception is { InnerException: not SimulatedCrashException } e) throw new HistoryFailureException($"{what} on node {node.Index}: {e.InnerException}");
        }
        under.RemoveAll(each => each.Task.IsCompleted || !each.Node.IsRunning);
        foreach (var node in nodes.Where(node => node.IsUp))
            Trace.Add($"{node.Index} {string.Join(' ', node.Volume!.Vector.Tips.Select(tip => tip.Hash))}");
    }

    private void Heal()
    {
        isHealed = true;
        foreach (var one in nodes)
        {
            foreach (var other in nodes.Where(other => other != one)) network.Heal(one.Key.Device, other.Key.Device);
        }
        foreach (var node in nodes)
        {
            if (node.IsUp && node.Disk.SyncFailed) Restart(node);
            var isArmed = node.Disk.IsArmed;
            if (!node.IsRunning) Start(node);
            else if (isArmed) node.Disk.Disarm();
            node.Disk.Free = long.MaxValue;
            node.Disk.FailNextSync = false;
        }
        var end = world.Now + Patience.Ticks;
        lastFrame = world.Now;
        while (world.Now - lastFrame < Quiet.Ticks + TimeSpan.TicksPerSecond * 10 || !HaveConverged())
        {
            world.Run(TimeSpan.FromSeconds(10));
            Settle();
            if (world.Now > end) throw new HistoryFailureException(HaveConverged() ? "the network does not become quiet" : $"the replicas do not converge: {Describe()}");
        }
    }

    private string Describe() => string.Join("; ", nodes.Select(node => node.IsUp
        ? $"{node.Index}: {string.Join(' ', node.Volume!.Vector.Tips.Select(tip => $"{tip.Author.ToString()[..6]}/{tip.Sequence}/{tip.Hash.ToString()[..6]}"))} misses {node.Volume!.MissingContents(100).Count} {node.Problems}"
        : $"{node.Index} is down"));

    private bool HaveConverged()
    {
        if (!nodes.TrueForAll(node => node.IsUp)) return false;
        var first = nodes[0].Volume!.Vector;
        return nodes.All(node => node.Volume!.Vector.Equals(first)) && (restored || nodes.All(node => node.Volume!.MissingContents(1).Count == 0));
    }

    private void Check()
    {
        var pictures = nodes.ConvertAll(node => Picture.Of(node.Volume!));
        for (var i = 1; i < nodes.Count; i++)
        {
            if (pictures[i] != pictures[0]) throw new HistoryFailureException($"nodes 0 and {i} differ:\n{Differing(pictures[0], pictures[i])}\n--\n{Differing(pictures[i], pictures[0])}");
        }
        foreach (var node in nodes) new Audit(node.Volume!, [.. nodes.Select(each => each.Volume!)], ledger, restored).Run();
        if (nodes[0].Volume!.Vector.Authors.All(author => !nodes[0].Volume!.Vector.IsForked(author)) && Picture.DifferenceFromRules(nodes[0].Volume!) is { } difference)
            throw new HistoryFailureException($"the tree is not what the rules say: {difference}");
        foreach (var node in nodes)
        {
            node.Volume!.Rebuild();
            if (Picture.Of(node.Volume!) is var rebuilt && rebuilt != pictures[0]) throw new HistoryFailureException($"node {node.Index} rebuilt differs:\n{Differing(pictures[0], rebuilt)}\n--\n{Differing(rebuilt, pictures[0])}");
        }
        Trace.Add(Picture.Digest(pictures[0]));
    }

    private static string Differing(string one, string other) => string.Join('\n', one.Split('\n').Except(other.Split('\n')));

    private SimulatedNode Other(SimulatedNode node) => nodes[(node.Index + 1 + random.Next(nodes.Count - 1)) % nodes.Count];

    private void Tell(SimulatedNode node, string what) => Trace.Add($"{world.Now / TimeSpan.TicksPerMillisecond} {node.Index} {what}");

    private FrameFate FateOf(DeviceId from, DeviceId to, int bytes)
    {
        lastFrame = world.Now;
        Trace.Add($"{world.Now / TimeSpan.TicksPerMillisecond} {from.ToHex()[..4]}>{to.ToHex()[..4]} {bytes}");
        return new FrameFate(latency * random.NextDouble(), !isHealed && isRough && random.Next(300) == 0);
    }
}
