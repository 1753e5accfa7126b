using PeerDrive.Model.Changesets;
using PeerDrive.Model.Identity;
using PeerDrive.Model.Revisions;
using PeerDrive.Storage.Disks;
using PeerDrive.Storage.Packs;
using PeerDrive.Storage.Volumes;

namespace PeerDrive.Storage.Tests;

/// <summary>Several replicas of one volume, each on a device of one person, that exchange changesets when a test says so.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly TestPerson person = new("Ada");
    private readonly List<VolumeContext> contexts = [];
    private int empty;

    private TestCluster()
    {
    }

    public List<Volume> Volumes { get; } = [];

    public TestPerson Person => person;

    /// <param name="features">What each device's program knows; null: what this one does.</param>
    /// <param name="clocks">The clock of each device; null: the system's.</param>
    public static async Task<TestCluster> CreateAsync(int devices, int seed = 1, IReadOnlyList<IReadOnlySet<string>?>? features = null, IReadOnlyList<TimeProvider>? clocks = null)
    {
        var cluster = new TestCluster();
        for (var i = 0; i < devices; i++)
            cluster.contexts.Add(new VolumeContext(new RealDisk(), clocks?[i] ?? TimeProvider.System, new Random(seed * 100 + i), cluster.person.NewDevice($"device{i}"), cluster.person.Certificate, features?[i]));
        var first = await Volume.CreateAsync(cluster.contexts[0], cluster.FolderOf(0), "test", []);
        cluster.Volumes.Add(first);
        await first.CommitAsync(edit =>
        {
            foreach (var context in cluster.contexts.Skip(1)) edit.Administer(new Operation.Device(context.Device.Certificate));
        });
        for (var i = 1; i < devices; i++)
        {
            cluster.Volumes.Add(await Volume.OpenAsync(first.Id, cluster.contexts[i], cluster.FolderOf(i)));
            await cluster.SendAsync(0, i);
        }
        return cluster;
    }

    public string FolderOf(int device) => Path.Combine(folder.Path, $"node{device}");

    public async Task SendAsync(int from, int to, int maxBytes = 1 << 20)
    {
        while (Volumes[from].ReadMissing(Volumes[to].Vector, maxBytes) is { Count: > 0 } missing)
        {
            var outcome = await Volumes[to].ApplyAsync(missing);
            Assert.Null(outcome.Refusal);
            Assert.True(outcome.Applied > 0, "nothing new in what was missing");
        }
    }

    /// <summary>Sends all that somebody lacks, in one go.</summary>
    public static async Task SendAsync(Volume from, Volume to) => Assert.Null((await to.ApplyAsync(from.ReadMissing(to.Vector, int.MaxValue))).Refusal);

    /// <summary>A replica that has nothing yet, of the first device or another one, in a folder of its own. The caller closes it.</summary>
    public Task<Volume> OpenEmptyAsync(DeviceKey? device = null, PersonCertificate? of = null) => Volume.OpenAsync(
        Volumes[0].Id, contexts[0] with { Device = device ?? contexts[0].Device, Person = of ?? person.Certificate, Random = new Random(7) }, Path.Combine(folder.Path, $"empty{++empty}"));

    /// <summary>Closes such a replica and opens it again.</summary>
    public async Task<Volume> ReopenAsync(Volume volume, Action? whileClosed = null)
    {
        await volume.DisposeAsync();
        whileClosed?.Invoke();
        return await Volume.OpenAsync(volume.Id, contexts[0] with { Random = new Random(8) }, Path.GetDirectoryName(volume.Folder)!);
    }

    public DeviceKey KeyOf(int device) => contexts[device].Device;

    public async Task SendAllAsync()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var from = 0; from < Volumes.Count; from++)
            {
                for (var to = 0; to < Volumes.Count; to++)
                {
                    if (from != to) await SendAsync(from, to);
                }
            }
        }
    }

    /// <summary>Copies every chunk that a replica lacks from another.</summary>
    public void SendContents(int from, int to)
    {
        while (Volumes[to].MissingContents(1000) is { Count: > 0 } contents)
        {
            foreach (var content in contents)
            {
                while (Volumes[to].Contents.Missing(content, 100) is { Count: > 0 } chunks)
                {
                    foreach (var id in chunks)
                    {
                        using var chunk = Volumes[from].Contents.Chunks.ReadStored(id);
                        Assert.True(Volumes[to].Contents.Chunks.TryPutReceived(TestReplica.Sent(id, chunk.Payload.Span, chunk.Encoding, chunk.Plain)));
                    }
                }
            }
            Volumes[to].ContentsArrived(contents);
        }
    }

    public async Task ReopenAsync(int device, IReadOnlySet<string>? features = null)
    {
        if (features is not null) contexts[device] = contexts[device] with { Features = features };
        var id = Volumes[device].Id;
        await Volumes[device].DisposeAsync();
        Volumes[device] = await Volume.OpenAsync(id, contexts[device], FolderOf(device));
    }

    /// <summary>The whole tree as text: one line an entry, by path.</summary>
    public static string Tree(Volume volume)
    {
        var lines = new List<string>();
        var open = new Stack<(Model.Identifiers.EntryId Folder, string Path)>([(Model.Identifiers.EntryId.Root, ""), (Model.Identifiers.EntryId.LostAndFound, "lost+found")]);
        while (open.TryPop(out var next))
        {
            foreach (var entry in volume.Reader.List(next.Folder))
            {
                lines.Add($"{next.Path}/{entry.ShownName} {entry.Id} {entry.Document} {entry.Shown?.Id} {entry.Heads}");
                if (entry.IsFolder) open.Push((entry.Id, $"{next.Path}/{entry.ShownName}"));
            }
        }
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    public static RevisionState File(Volume volume, string text) => new()
    {
        Kind = DocumentKind.File, Mode = 0x1A4, Content = volume.Contents.Store(System.Text.Encoding.UTF8.GetBytes(text)),
    };

    public static RevisionState Folder() => new() { Kind = DocumentKind.Folder, Mode = 0x1ED };

    public async ValueTask DisposeAsync()
    {
        foreach (var volume in Volumes) await volume.DisposeAsync();
        foreach (var context in contexts) context.Device.Dispose();
        person.Dispose();
        folder.Dispose();
    }
}
